import type { Language } from "../../chat/answer.ts";

/** The few words that belong to the Lark surface itself; everything else arrives finished in the Answer. */
export interface LarkWords {
  readonly showSql: string;
  readonly csv: string;
  readonly working: string;
  /** "Left out for size: charts 2, rows 35." */
  readonly leftOut: string;
  readonly charts: string;
  readonly rows: string;
  readonly columns: string;
  readonly notes: string;
  readonly buttons: string;
  readonly shortened: string;
  readonly csvHasAll: string;
  readonly cardRefused: string;
  readonly staleButton: string;
  readonly notInChat: string;
  readonly notAllowed: string;
  readonly fault: (reference: string) => string;
  readonly fileFailed: string;
  readonly nextSteps: string;
}

export const WORDS: Readonly<Record<Language, LarkWords>> = {
  en: {
    showSql: "Show SQL",
    csv: "CSV",
    working: "On it: the answer follows in the thread.",
    leftOut: "Left out for size",
    charts: "charts",
    rows: "rows",
    columns: "columns",
    notes: "notes",
    buttons: "buttons",
    shortened: "long texts are shortened",
    csvHasAll: "The CSV has every row.",
    cardRefused: "Lark refused the card, so here is the same answer as text, without charts and buttons.",
    staleButton: "This button comes from an older version. Please ask again.",
    notInChat: "I cannot post in that group. Add modstats to it (group settings → Bots → Add bot), then ask again.",
    notAllowed:
      "I am not allowed to post there. Ask an administrator to grant the app im:message:send_as_bot and to publish it.",
    fault: (reference) => `Something broke on my side. Please try again; if it stays, quote ${reference}.`,
    fileFailed: "The file could not be uploaded. The app needs im:resource; otherwise try again in a minute.",
    nextSteps: "You can ask next",
  },
  zh: {
    showSql: "查看 SQL",
    csv: "CSV",
    working: "正在处理，答案会发在话题里。",
    leftOut: "因大小限制未显示",
    charts: "图表",
    rows: "行",
    columns: "列",
    notes: "说明",
    buttons: "按钮",
    shortened: "长文本已截短",
    csvHasAll: "CSV 中包含所有行。",
    cardRefused: "飞书拒绝了卡片，以下是同一答案的文字版，不含图表和按钮。",
    staleButton: "该按钮来自旧版本，请重新提问。",
    notInChat: "我无法在该群发言。请先把 modstats 加入该群（群设置 → 群机器人 → 添加机器人），然后重新提问。",
    notAllowed: "我没有在此发言的权限。请管理员为应用开通 im:message:send_as_bot 并发布版本。",
    fault: (reference) => `我这边出了问题，请重试；若仍失败，请提供编号 ${reference}。`,
    fileFailed: "文件上传失败。应用需要 im:resource 权限；否则请一分钟后重试。",
    nextSteps: "接下来可以问",
  },
  id: {
    showSql: "Lihat SQL",
    csv: "CSV",
    working: "Sedang dikerjakan: jawaban menyusul di utas.",
    leftOut: "Tidak ditampilkan karena ukuran",
    charts: "grafik",
    rows: "baris",
    columns: "kolom",
    notes: "catatan",
    buttons: "tombol",
    shortened: "teks panjang dipersingkat",
    csvHasAll: "CSV memuat semua baris.",
    cardRefused: "Lark menolak kartu, jadi ini jawaban yang sama sebagai teks, tanpa grafik dan tombol.",
    staleButton: "Tombol ini dari versi lama. Silakan tanya lagi.",
    notInChat:
      "Saya tidak dapat mengirim di grup itu. Tambahkan modstats (pengaturan grup → Bot → Tambah bot), lalu tanya lagi.",
    notAllowed:
      "Saya tidak diizinkan mengirim di sana. Minta admin memberi aplikasi im:message:send_as_bot dan menerbitkannya.",
    fault: (reference) => `Ada gangguan di sisi saya. Coba lagi; jika berlanjut, sebutkan ${reference}.`,
    fileFailed: "Berkas gagal diunggah. Aplikasi perlu im:resource; jika sudah, coba lagi sebentar lagi.",
    nextSteps: "Anda dapat bertanya",
  },
  vi: {
    showSql: "Xem SQL",
    csv: "CSV",
    working: "Đang xử lý: câu trả lời sẽ ở trong chủ đề.",
    leftOut: "Không hiển thị do giới hạn kích thước",
    charts: "biểu đồ",
    rows: "dòng",
    columns: "cột",
    notes: "ghi chú",
    buttons: "nút",
    shortened: "văn bản dài đã được rút gọn",
    csvHasAll: "CSV có đủ mọi dòng.",
    cardRefused: "Lark từ chối thẻ, nên đây là câu trả lời dạng văn bản, không có biểu đồ và nút.",
    staleButton: "Nút này thuộc phiên bản cũ. Vui lòng hỏi lại.",
    notInChat: "Tôi không thể đăng trong nhóm đó. Hãy thêm modstats (cài đặt nhóm → Bot → Thêm bot), rồi hỏi lại.",
    notAllowed: "Tôi không có quyền đăng ở đó. Nhờ quản trị viên cấp im:message:send_as_bot cho ứng dụng và phát hành.",
    fault: (reference) => `Phía tôi gặp lỗi. Vui lòng thử lại; nếu vẫn lỗi, hãy báo mã ${reference}.`,
    fileFailed: "Không tải tệp lên được. Ứng dụng cần im:resource; nếu đã có, hãy thử lại sau một phút.",
    nextSteps: "Bạn có thể hỏi tiếp",
  },
  th: {
    showSql: "ดู SQL",
    csv: "CSV",
    working: "กำลังดำเนินการ คำตอบจะอยู่ในเธรด",
    leftOut: "ไม่แสดงเนื่องจากขนาด",
    charts: "แผนภูมิ",
    rows: "แถว",
    columns: "คอลัมน์",
    notes: "หมายเหตุ",
    buttons: "ปุ่ม",
    shortened: "ข้อความยาวถูกตัดให้สั้นลง",
    csvHasAll: "CSV มีครบทุกแถว",
    cardRefused: "Lark ปฏิเสธการ์ด นี่คือคำตอบเดียวกันในรูปข้อความ ไม่มีแผนภูมิและปุ่ม",
    staleButton: "ปุ่มนี้มาจากเวอร์ชันเก่า โปรดถามใหม่",
    notInChat: "ฉันโพสต์ในกลุ่มนั้นไม่ได้ โปรดเพิ่ม modstats (ตั้งค่ากลุ่ม → บอท → เพิ่มบอท) แล้วถามใหม่",
    notAllowed: "ฉันไม่มีสิทธิ์โพสต์ที่นั่น โปรดให้ผู้ดูแลให้สิทธิ์ im:message:send_as_bot แก่แอปและเผยแพร่",
    fault: (reference) => `เกิดข้อผิดพลาดทางฝั่งฉัน โปรดลองอีกครั้ง หากยังเกิดอยู่ให้แจ้งรหัส ${reference}`,
    fileFailed: "อัปโหลดไฟล์ไม่สำเร็จ แอปต้องมี im:resource มิฉะนั้นลองใหม่ในอีกหนึ่งนาที",
    nextSteps: "ถามต่อได้",
  },
};

/** Lark's locale keys of our languages, for texts that the client itself picks (toasts, slash commands). */
export const LARK_LOCALES: Readonly<Record<Language, string>> = {
  en: "en_us",
  zh: "zh_cn",
  id: "id_id",
  vi: "vi_vn",
  th: "th_th",
};
