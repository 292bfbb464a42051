import type { Language } from "../../chat/answer.ts";

/** What only this adapter says; everything else comes finished in an Answer. */
export interface Words {
  readonly showSql: string;
  readonly csv: string;
  readonly build: string;
  readonly working: string;
  readonly moreRows: (count: number) => string;
  readonly moreColumns: (count: number) => string;
  readonly moreNotes: (count: number) => string;
  readonly moreSteps: (count: number) => string;
  readonly textCut: string;
  readonly morePictures: (count: number) => string;
  readonly nativeRefused: string;
  readonly pictureFailed: string;
  readonly fileFailed: string;
  readonly sqlInFile: string;
  readonly sqlEmpty: string;
  readonly invite: string;
  readonly missingScope: string;
  readonly archived: string;
  readonly notPosted: string;
  readonly unknownPost: string;
  readonly stale: string;
  readonly formExpired: string;
  readonly homeTitle: string;
  readonly homeHow: string;
  readonly homeFavourites: string;
  readonly promptsTitle: string;
  readonly formTitle: string;
  readonly formSubmit: string;
  readonly formCancel: string;
  readonly formMetric: string;
  readonly formSplit: string;
  readonly formOnly: string;
  readonly formPeriod: string;
  readonly formPick: string;
  /** "by" before a dimension, as the language module reads it. */
  readonly by: string;
}

/** The words of one language. */
export const wordsIn = (language: Language): Words => WORDS[language];

/** `zh_cn`, `id-ID`, … → one of our languages; English where it is none of them. */
export function languageOf(locale: string | undefined): Language {
  const code = locale?.slice(0, 2).toLowerCase();
  return code === "zh" || code === "id" || code === "vi" || code === "th" ? code : "en";
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    showSql: "Show SQL",
    csv: "CSV",
    build: "Build a question…",
    working: "Working on it …",
    moreRows: (n) => `${n} more ${n === 1 ? "row" : "rows"} not shown here: press CSV for all of them.`,
    moreColumns: (n) => `${n} more ${n === 1 ? "column" : "columns"} not shown here: press CSV for all of them.`,
    moreNotes: (n) => `${n} more ${n === 1 ? "note" : "notes"} left out for space.`,
    moreSteps: (n) =>
      `${n} next ${n === 1 ? "step does" : "steps do"} not fit a button and ${n === 1 ? "is" : "are"} left out.`,
    textCut: "The text was cut to fit a Slack message.",
    morePictures: (n) => `${n} more ${n === 1 ? "chart is" : "charts are"} left out.`,
    nativeRefused: "Slack refused the native chart or table, so it is shown as text here.",
    pictureFailed: "The chart could not be uploaded; the numbers above are complete.",
    fileFailed: "The file could not be uploaded; please press the button again in a minute.",
    sqlInFile: "The statements are too long for a message, so they come as a file.",
    sqlEmpty: "No statement was run for this answer.",
    invite:
      "Only you can see this, because I am not in this channel: type `/invite @modstats` to get charts and threads here.",
    missingScope:
      "Slack does not let me do this because the app lacks a permission: ask a workspace admin to reinstall modstats from its manifest.",
    archived:
      "This channel is archived or read-only, so I cannot answer in it: ask me in another channel or in a direct message.",
    notPosted: "Slack did not take the answer: please ask again in a minute.",
    unknownPost: "Slack did not confirm the answer: if you do not see it, please ask again.",
    stale: "This button comes from an older version and can no longer be read: please ask the question in words.",
    formExpired: "The form could not be opened in time: please press the button again.",
    homeTitle: "Moderation numbers",
    homeHow:
      "Ask anywhere with `/modstats overturn rate by market last 14d`, mention me in a channel, or press a button. Follow up in the thread.",
    homeFavourites: "Favourites",
    promptsTitle: "Try one of these",
    formTitle: "Build a question",
    formSubmit: "Ask",
    formCancel: "Cancel",
    formMetric: "Metric",
    formSplit: "Split by",
    formOnly: "Only these",
    formPeriod: "Period",
    formPick: "Choose",
    by: "by",
  },
  zh: {
    showSql: "查看 SQL",
    csv: "CSV",
    build: "选择式提问…",
    working: "正在处理…",
    moreRows: (n) => `还有 ${n} 行未显示：点击 CSV 查看全部。`,
    moreColumns: (n) => `还有 ${n} 列未显示：点击 CSV 查看全部。`,
    moreNotes: (n) => `因篇幅省略了 ${n} 条说明。`,
    moreSteps: (n) => `有 ${n} 个后续问题过长，无法做成按钮，已省略。`,
    textCut: "文字过长，已截断。",
    morePictures: (n) => `另有 ${n} 张图表未显示。`,
    nativeRefused: "Slack 未接受原生图表或表格，以下以文字显示。",
    pictureFailed: "图表上传失败；上方数字是完整的。",
    fileFailed: "文件上传失败，请稍后再点一次。",
    sqlInFile: "语句过长，以文件形式发送。",
    sqlEmpty: "此回答没有执行任何语句。",
    invite: "我不在此频道，只有你能看到这条消息：输入 `/invite @modstats` 即可在此使用图表和讨论串。",
    missingScope: "应用缺少权限，Slack 不允许此操作：请管理员按清单重新安装 modstats。",
    archived: "此频道已归档或只读，我无法在此回答：请在其他频道或私信中提问。",
    notPosted: "Slack 未接受此回答：请稍后重试。",
    unknownPost: "Slack 未确认此回答：如果没有看到，请再问一次。",
    stale: "此按钮来自旧版本，已无法读取：请直接输入问题。",
    formExpired: "表单未能及时打开：请再点一次按钮。",
    homeTitle: "审核数据",
    homeHow: "在任意频道输入 `/modstats 推翻率 按市场 最近14天`、@我，或点击按钮。在讨论串中可继续追问。",
    homeFavourites: "常用问题",
    promptsTitle: "试试这些问题",
    formTitle: "选择式提问",
    formSubmit: "提问",
    formCancel: "取消",
    formMetric: "指标",
    formSplit: "拆分维度",
    formOnly: "仅限",
    formPeriod: "时间段",
    formPick: "请选择",
    by: "按",
  },
  id: {
    showSql: "Lihat SQL",
    csv: "CSV",
    build: "Susun pertanyaan…",
    working: "Sedang dikerjakan …",
    moreRows: (n) => `${n} baris lagi tidak ditampilkan: tekan CSV untuk semuanya.`,
    moreColumns: (n) => `${n} kolom lagi tidak ditampilkan: tekan CSV untuk semuanya.`,
    moreNotes: (n) => `${n} catatan lagi tidak dimuat.`,
    moreSteps: (n) => `${n} langkah lanjut tidak muat di tombol dan tidak ditampilkan.`,
    textCut: "Teks dipotong agar muat di pesan Slack.",
    morePictures: (n) => `${n} grafik lagi tidak ditampilkan.`,
    nativeRefused: "Slack menolak grafik atau tabel bawaan, jadi ditampilkan sebagai teks.",
    pictureFailed: "Grafik gagal diunggah; angka di atas lengkap.",
    fileFailed: "Berkas gagal diunggah; tekan tombolnya lagi sebentar lagi.",
    sqlInFile: "Pernyataan terlalu panjang untuk pesan, jadi dikirim sebagai berkas.",
    sqlEmpty: "Tidak ada pernyataan yang dijalankan untuk jawaban ini.",
    invite:
      "Hanya Anda yang melihat ini karena saya belum ada di kanal ini: ketik `/invite @modstats` untuk grafik dan utas di sini.",
    missingScope: "Slack menolak karena aplikasi kurang izin: minta admin memasang ulang modstats dari manifesnya.",
    archived: "Kanal ini diarsipkan atau hanya-baca: tanyakan di kanal lain atau pesan langsung.",
    notPosted: "Slack tidak menerima jawabannya: coba lagi sebentar lagi.",
    unknownPost: "Slack tidak mengonfirmasi jawabannya: jika tidak terlihat, tanyakan lagi.",
    stale: "Tombol ini dari versi lama dan tidak bisa dibaca lagi: tanyakan dengan kata-kata.",
    formExpired: "Formulir tidak sempat terbuka: tekan tombolnya lagi.",
    homeTitle: "Angka moderasi",
    homeHow:
      "Tanyakan di mana saja dengan `/modstats tingkat banding dikabulkan per negara 14 hari terakhir`, sebut saya di kanal, atau tekan tombol. Lanjutkan di utas.",
    homeFavourites: "Favorit",
    promptsTitle: "Coba salah satu",
    formTitle: "Susun pertanyaan",
    formSubmit: "Tanya",
    formCancel: "Batal",
    formMetric: "Metrik",
    formSplit: "Pecah per",
    formOnly: "Hanya ini",
    formPeriod: "Periode",
    formPick: "Pilih",
    by: "per",
  },
  vi: {
    showSql: "Xem SQL",
    csv: "CSV",
    build: "Dựng câu hỏi…",
    working: "Đang xử lý …",
    moreRows: (n) => `Còn ${n} dòng chưa hiện: bấm CSV để xem tất cả.`,
    moreColumns: (n) => `Còn ${n} cột chưa hiện: bấm CSV để xem tất cả.`,
    moreNotes: (n) => `Bỏ bớt ${n} ghi chú vì thiếu chỗ.`,
    moreSteps: (n) => `${n} bước tiếp theo quá dài cho nút bấm nên đã bỏ.`,
    textCut: "Văn bản đã được cắt cho vừa tin nhắn Slack.",
    morePictures: (n) => `Còn ${n} biểu đồ chưa hiện.`,
    nativeRefused: "Slack từ chối biểu đồ hoặc bảng gốc nên hiển thị dạng chữ.",
    pictureFailed: "Không tải được biểu đồ lên; các con số ở trên vẫn đầy đủ.",
    fileFailed: "Không tải được tệp lên; hãy bấm lại sau một phút.",
    sqlInFile: "Câu lệnh quá dài cho tin nhắn nên được gửi dưới dạng tệp.",
    sqlEmpty: "Không có câu lệnh nào được chạy cho câu trả lời này.",
    invite:
      "Chỉ bạn thấy tin này vì tôi chưa ở trong kênh: gõ `/invite @modstats` để có biểu đồ và chuỗi hội thoại ở đây.",
    missingScope: "Slack không cho phép vì ứng dụng thiếu quyền: nhờ quản trị viên cài lại modstats từ tệp manifest.",
    archived: "Kênh này đã lưu trữ hoặc chỉ đọc: hãy hỏi ở kênh khác hoặc nhắn riêng.",
    notPosted: "Slack không nhận câu trả lời: hãy hỏi lại sau một phút.",
    unknownPost: "Slack không xác nhận câu trả lời: nếu không thấy, hãy hỏi lại.",
    stale: "Nút này thuộc phiên bản cũ và không đọc được nữa: hãy hỏi bằng lời.",
    formExpired: "Không mở kịp biểu mẫu: hãy bấm nút lại.",
    homeTitle: "Số liệu kiểm duyệt",
    homeHow:
      "Hỏi ở bất cứ đâu bằng `/modstats tỷ lệ khiếu nại thành công theo quốc gia 14 ngày qua`, nhắc tên tôi trong kênh, hoặc bấm nút. Hỏi tiếp trong chuỗi.",
    homeFavourites: "Yêu thích",
    promptsTitle: "Thử một câu",
    formTitle: "Dựng câu hỏi",
    formSubmit: "Hỏi",
    formCancel: "Hủy",
    formMetric: "Chỉ số",
    formSplit: "Chia theo",
    formOnly: "Chỉ những",
    formPeriod: "Khoảng thời gian",
    formPick: "Chọn",
    by: "theo",
  },
  th: {
    showSql: "ดู SQL",
    csv: "CSV",
    build: "สร้างคำถาม…",
    working: "กำลังดำเนินการ …",
    moreRows: (n) => `ยังมีอีก ${n} แถวที่ไม่ได้แสดง กด CSV เพื่อดูทั้งหมด`,
    moreColumns: (n) => `ยังมีอีก ${n} คอลัมน์ที่ไม่ได้แสดง กด CSV เพื่อดูทั้งหมด`,
    moreNotes: (n) => `ตัดหมายเหตุออก ${n} ข้อเพราะที่ไม่พอ`,
    moreSteps: (n) => `มี ${n} คำถามต่อเนื่องที่ยาวเกินปุ่มจึงไม่ได้แสดง`,
    textCut: "ข้อความถูกตัดให้พอดีกับ Slack",
    morePictures: (n) => `ยังมีอีก ${n} กราฟที่ไม่ได้แสดง`,
    nativeRefused: "Slack ไม่รับกราฟหรือตาราง จึงแสดงเป็นข้อความแทน",
    pictureFailed: "อัปโหลดกราฟไม่สำเร็จ ตัวเลขด้านบนครบถ้วน",
    fileFailed: "อัปโหลดไฟล์ไม่สำเร็จ โปรดกดปุ่มอีกครั้งในอีกสักครู่",
    sqlInFile: "คำสั่งยาวเกินข้อความ จึงส่งเป็นไฟล์",
    sqlEmpty: "คำตอบนี้ไม่ได้รันคำสั่งใด",
    invite: "มีเพียงคุณที่เห็นข้อความนี้ เพราะฉันไม่ได้อยู่ในช่องนี้ พิมพ์ `/invite @modstats` เพื่อใช้กราฟและเธรดที่นี่",
    missingScope: "Slack ไม่อนุญาตเพราะแอปขาดสิทธิ์ โปรดให้ผู้ดูแลติดตั้ง modstats ใหม่จาก manifest",
    archived: "ช่องนี้ถูกเก็บถาวรหรืออ่านได้อย่างเดียว โปรดถามในช่องอื่นหรือข้อความส่วนตัว",
    notPosted: "Slack ไม่รับคำตอบ โปรดถามอีกครั้งในอีกสักครู่",
    unknownPost: "Slack ไม่ยืนยันคำตอบ หากไม่เห็น โปรดถามอีกครั้ง",
    stale: "ปุ่มนี้มาจากรุ่นเก่าและอ่านไม่ได้แล้ว โปรดพิมพ์คำถาม",
    formExpired: "เปิดแบบฟอร์มไม่ทัน โปรดกดปุ่มอีกครั้ง",
    homeTitle: "ตัวเลขงานตรวจสอบ",
    homeHow: "ถามได้ทุกที่ด้วย `/modstats อัตราอุทธรณ์สำเร็จ แยกตามประเทศ 14 วันที่ผ่านมา` แท็กฉันในช่อง หรือกดปุ่ม แล้วถามต่อในเธรด",
    homeFavourites: "รายการโปรด",
    promptsTitle: "ลองถามดู",
    formTitle: "สร้างคำถาม",
    formSubmit: "ถาม",
    formCancel: "ยกเลิก",
    formMetric: "ตัวชี้วัด",
    formSplit: "แยกตาม",
    formOnly: "เฉพาะ",
    formPeriod: "ช่วงเวลา",
    formPick: "เลือก",
    by: "แยกตาม",
  },
};
