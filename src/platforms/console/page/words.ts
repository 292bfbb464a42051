import { LANGUAGES, type Language } from "../../../chat/answer.ts";

/** What the page itself says (the bot's answers come finished). One row a message: English, 中文, Indonesia, Tiếng Việt, ไทย. */
const CATALOGUE = {
  ask_data: ["Ask your moderation data", "问问你的审核数据", "Tanya data moderasi Anda", "Hỏi dữ liệu kiểm duyệt", "ถามข้อมูลการตรวจสอบของคุณ"],
  ask_lead: [
    "Write it as you would say it. Every answer shows its count, its dates and what to be careful about.",
    "怎么说就怎么写。每个回答都带分子分母、日期和需要留意的地方。",
    "Tulis seperti Anda mengatakannya. Setiap jawaban menyertakan jumlah, tanggal, dan hal yang perlu diwaspadai.",
    "Cứ viết như bạn nói. Mỗi câu trả lời có số đếm, ngày và điều cần lưu ý.",
    "พิมพ์อย่างที่คุณพูด ทุกคำตอบบอกจำนวน วันที่ และข้อควรระวัง",
  ],
  try_one: ["Asked here", "这里常问", "Sering ditanyakan di sini", "Hay hỏi ở đây", "ถามบ่อยในช่องนี้"],
  placeholder: [
    "Ask: overturn rate by market last 14d",
    "提问：按市场看近14天推翻率",
    "Tanya: banding dikabulkan per negara 14 hari terakhir",
    "Hỏi: tỷ lệ khiếu nại thành công theo thị trường 14 ngày qua",
    "ถาม: อัตราอุทธรณ์สำเร็จ ตามตลาด 14 วันที่ผ่านมา",
  ],
  placeholder_thread: ["Follow up: and in ID?", "追问：印尼呢？", "Lanjutkan: kalau ID?", "Hỏi tiếp: còn ID thì sao?", "ถามต่อ: แล้ว ID ล่ะ"],
  send: ["Send", "发送", "Kirim", "Gửi", "ส่ง"],
  build: ["Build a question", "点选提问", "Susun pertanyaan", "Tạo câu hỏi", "สร้างคำถาม"],
  channels: ["Channels", "频道", "Kanal", "Kênh", "ช่อง"],
  direct: ["Direct message", "私聊", "Pesan langsung", "Tin nhắn riêng", "ข้อความส่วนตัว"],
  recent: ["Recent threads", "最近话题", "Utas terbaru", "Chuỗi gần đây", "เธรดล่าสุด"],
  thread: ["Thread", "话题", "Utas", "Chuỗi", "เธรด"],
  open_thread: ["Reply in thread", "在话题中追问", "Balas di utas", "Trả lời trong chuỗi", "ตอบในเธรด"],
  replies: ["{n} in thread", "话题中 {n} 条", "{n} di utas", "{n} trong chuỗi", "{n} ในเธรด"],
  forgotten: [
    "The bot no longer remembers this thread. A follow-up here starts afresh.",
    "机器人已不记得这个话题，追问将重新开始。",
    "Bot tidak lagi mengingat utas ini. Pertanyaan lanjutan akan dimulai dari awal.",
    "Bot không còn nhớ chuỗi này. Câu hỏi tiếp theo sẽ bắt đầu lại.",
    "บอตจำเธรดนี้ไม่ได้แล้ว คำถามต่อไปจะเริ่มใหม่",
  ],
  you: ["You", "你", "Anda", "Bạn", "คุณ"],
  working: ["Working…", "正在计算…", "Sedang menghitung…", "Đang tính…", "กำลังคำนวณ…"],
  show_sql: ["Show SQL", "查看 SQL", "Lihat SQL", "Xem SQL", "ดู SQL"],
  hide_sql: ["Hide SQL", "收起 SQL", "Sembunyikan SQL", "Ẩn SQL", "ซ่อน SQL"],
  csv: ["CSV", "CSV", "CSV", "CSV", "CSV"],
  picture: ["Picture", "图片", "Gambar", "Hình ảnh", "รูปภาพ"],
  view: ["Show as", "显示为", "Tampilkan sebagai", "Hiển thị dạng", "แสดงเป็น"],
  view_answer: ["Answer", "回答", "Jawaban", "Trả lời", "คำตอบ"],
  view_missing: [
    "This answer cannot be shown that way.",
    "此回答无法以这种形式显示。",
    "Jawaban ini tidak dapat ditampilkan seperti itu.",
    "Không thể hiển thị câu trả lời này theo cách đó.",
    "แสดงคำตอบนี้แบบนั้นไม่ได้",
  ],
  view_slack: ["What Slack is sent, drawn here", "发送给 Slack 的内容", "Yang dikirim ke Slack", "Nội dung gửi đến Slack", "สิ่งที่ส่งไปยัง Slack"],
  view_lark: ["What Lark is sent, drawn here", "发送给飞书的内容", "Yang dikirim ke Lark", "Nội dung gửi đến Lark", "สิ่งที่ส่งไปยัง Lark"],
  table: ["Table", "表格", "Tabel", "Bảng", "ตาราง"],
  show_rows: ["Show all {n} rows", "显示全部 {n} 行", "Tampilkan semua {n} baris", "Hiện cả {n} dòng", "แสดงทั้งหมด {n} แถว"],
  fewer_rows: ["Show fewer rows", "收起", "Tampilkan lebih sedikit", "Hiện ít dòng hơn", "แสดงน้อยลง"],
  rows_in_csv: ["{n} more rows in the CSV", "CSV 中还有 {n} 行", "{n} baris lagi di CSV", "Còn {n} dòng trong CSV", "มีอีก {n} แถวใน CSV"],
  caveats: ["To be careful about", "需要留意", "Perlu diwaspadai", "Cần lưu ý", "ข้อควรระวัง"],
  next: ["Next", "接下来", "Berikutnya", "Tiếp theo", "ถัดไป"],
  choose: ["Which one?", "是哪一个？", "Yang mana?", "Ý bạn là cái nào?", "หมายถึงอันไหน"],
  instead: ["Nearest", "最接近的", "Yang terdekat", "Gần nhất", "ใกล้เคียงที่สุด"],
  copy: ["Copy", "复制", "Salin", "Sao chép", "คัดลอก"],
  copied: ["Copied", "已复制", "Tersalin", "Đã sao chép", "คัดลอกแล้ว"],
  download: ["Download", "下载", "Unduh", "Tải xuống", "ดาวน์โหลด"],
  lines: ["{n} lines", "{n} 行", "{n} baris", "{n} dòng", "{n} บรรทัด"],
  parameters: ["Parameters", "参数", "Parameter", "Tham số", "พารามิเตอร์"],
  theme: ["Theme", "主题", "Tema", "Giao diện", "ธีม"],
  theme_auto: ["As the system", "跟随系统", "Ikuti sistem", "Theo hệ thống", "ตามระบบ"],
  theme_light: ["Light", "浅色", "Terang", "Sáng", "สว่าง"],
  theme_dark: ["Dark", "深色", "Gelap", "Tối", "มืด"],
  language: ["Language", "语言", "Bahasa", "Ngôn ngữ", "ภาษา"],
  keys: ["Keyboard", "键盘快捷键", "Papan ketik", "Bàn phím", "แป้นพิมพ์"],
  key_focus: ["Write a question", "开始输入", "Tulis pertanyaan", "Viết câu hỏi", "พิมพ์คำถาม"],
  key_move: ["Next, previous answer", "下一条、上一条回答", "Jawaban berikut, sebelumnya", "Câu trả lời sau, trước", "คำตอบถัดไป ก่อนหน้า"],
  key_history: ["What you asked before", "之前的提问", "Pertanyaan sebelumnya", "Câu đã hỏi trước", "คำถามก่อนหน้า"],
  key_send: ["Send", "发送", "Kirim", "Gửi", "ส่ง"],
  key_line: ["New line", "换行", "Baris baru", "Xuống dòng", "ขึ้นบรรทัดใหม่"],
  key_close: ["Close", "关闭", "Tutup", "Đóng", "ปิด"],
  key_thread: ["Open the answer's thread", "打开该回答的话题", "Buka utas jawaban", "Mở chuỗi của câu trả lời", "เปิดเธรดของคำตอบ"],
  clear: ["Clear this channel here", "清空本频道的记录", "Bersihkan kanal ini", "Xóa kênh này", "ล้างช่องนี้"],
  clear_sure: ["Press again to clear", "再按一次清空", "Tekan lagi untuk menghapus", "Nhấn lần nữa để xóa", "กดอีกครั้งเพื่อล้าง"],
  menu: ["Channels and settings", "频道与设置", "Kanal dan setelan", "Kênh và cài đặt", "ช่องและการตั้งค่า"],
  close: ["Close", "关闭", "Tutup", "Đóng", "ปิด"],
  offline: [
    "The bot does not answer. Is it still running in your terminal? Start it with npm run demo; this page goes on by itself.",
    "机器人没有响应。终端里的程序还在运行吗？用 npm run demo 启动，本页会自动恢复。",
    "Bot tidak menjawab. Apakah masih berjalan di terminal? Jalankan npm run demo; halaman ini akan lanjut sendiri.",
    "Bot không trả lời. Nó còn chạy trong terminal không? Chạy npm run demo; trang này sẽ tự tiếp tục.",
    "บอตไม่ตอบ ยังทำงานอยู่ในเทอร์มินัลหรือไม่ เริ่มด้วย npm run demo แล้วหน้านี้จะทำงานต่อเอง",
  ],
  retry: ["Ask again", "重新提问", "Tanya lagi", "Hỏi lại", "ถามอีกครั้ง"],
  busy: [
    "Too many questions at once. Wait a moment and ask again.",
    "同时的提问太多，请稍后再问。",
    "Terlalu banyak pertanyaan sekaligus. Tunggu sebentar lalu tanya lagi.",
    "Quá nhiều câu hỏi cùng lúc. Chờ một chút rồi hỏi lại.",
    "มีคำถามพร้อมกันมากเกินไป รอสักครู่แล้วถามใหม่",
  ],
  fault: [
    "Something broke on our side (reference {reference}). Ask again; if it stays, show the reference to whoever runs the bot.",
    "我们这边出错了（编号 {reference}）。请重试；若仍出错，请把编号告诉维护者。",
    "Ada yang rusak di sisi kami (referensi {reference}). Coba lagi; jika tetap, beri referensi ini ke pengelola bot.",
    "Có lỗi phía chúng tôi (mã {reference}). Hãy hỏi lại; nếu vẫn lỗi, đưa mã này cho người vận hành bot.",
    "เกิดข้อผิดพลาดฝั่งเรา (อ้างอิง {reference}) ลองอีกครั้ง หากยังไม่ได้ แจ้งรหัสนี้ให้ผู้ดูแลบอต",
  ],
  request: [
    "The page and the bot do not understand each other. Reload the page.",
    "页面与机器人版本不一致，请刷新页面。",
    "Halaman dan bot tidak cocok. Muat ulang halaman.",
    "Trang và bot không khớp nhau. Hãy tải lại trang.",
    "หน้านี้กับบอตไม่ตรงกัน โหลดหน้าใหม่",
  ],
  handled: [
    "This was already handled once. Ask again for a new answer.",
    "这条已处理过。如需新的回答请重新提问。",
    "Ini sudah ditangani. Tanya lagi untuk jawaban baru.",
    "Câu này đã được xử lý. Hỏi lại để có câu trả lời mới.",
    "คำถามนี้ถูกจัดการแล้ว ถามอีกครั้งเพื่อคำตอบใหม่",
  ],
  picture_gone: [
    "The picture is kept only while the bot runs. Ask the question again.",
    "图片只在机器人运行期间保留，请重新提问。",
    "Gambar hanya disimpan selama bot berjalan. Tanya lagi.",
    "Hình chỉ được giữ khi bot chạy. Hãy hỏi lại.",
    "รูปเก็บไว้เฉพาะตอนบอตทำงาน ลองถามใหม่",
  ],
  form_metric: ["What to measure", "指标", "Ukur apa", "Đo gì", "วัดอะไร"],
  form_second: ["and beside it", "同时看", "dan di sampingnya", "và cùng với", "และดูคู่กับ"],
  form_none: ["nothing else", "无", "tidak ada", "không có", "ไม่มี"],
  form_split: ["Split by (up to two)", "拆分维度（最多两个）", "Pecah menurut (maks. dua)", "Chia theo (tối đa hai)", "แยกตาม (ไม่เกินสอง)"],
  form_filter: ["Only", "只看", "Hanya", "Chỉ", "เฉพาะ"],
  form_period: ["When", "时间", "Kapan", "Khi nào", "เมื่อไร"],
  form_compare: ["Compare with", "对比", "Bandingkan dengan", "So với", "เทียบกับ"],
  form_compare_none: ["nothing", "不对比", "tidak", "không so", "ไม่เทียบ"],
  form_compare_week: ["a week earlier", "一周前", "seminggu sebelumnya", "tuần trước đó", "สัปดาห์ก่อน"],
  form_compare_before: ["the period before", "上一周期", "periode sebelumnya", "kỳ trước", "ช่วงก่อนหน้า"],
  form_asks: ["This asks", "将提问", "Ini menanyakan", "Câu hỏi sẽ là", "จะถามว่า"],
  form_go: ["Ask", "提问", "Tanya", "Hỏi", "ถาม"],
  cancel: ["Cancel", "取消", "Batal", "Hủy", "ยกเลิก"],
  command_help: ["What it can do", "能做什么", "Yang bisa dilakukan", "Bot làm được gì", "ทำอะไรได้บ้าง"],
  command_metrics: ["Every metric", "全部指标", "Semua metrik", "Mọi chỉ số", "ตัวชี้วัดทั้งหมด"],
  command_define: ["What a metric means", "指标口径", "Arti sebuah metrik", "Ý nghĩa chỉ số", "ความหมายของตัวชี้วัด"],
  command_why: ["What moved a number", "数字为什么变", "Penyebab angka berubah", "Vì sao số thay đổi", "ทำไมตัวเลขเปลี่ยน"],
  command_forecast: ["The days ahead", "预测未来", "Hari-hari ke depan", "Những ngày tới", "วันข้างหน้า"],
  command_status: ["Is the data complete?", "数据到齐了吗", "Apakah data lengkap?", "Dữ liệu đủ chưa?", "ข้อมูลครบหรือยัง"],
  commands: ["Commands", "命令", "Perintah", "Lệnh", "คำสั่ง"],
  skip: ["Skip to the question field", "跳到输入框", "Lompat ke kolom pertanyaan", "Đến ô câu hỏi", "ข้ามไปช่องคำถาม"],
} as const satisfies Record<string, readonly [string, string, string, string, string]>; // biome-ignore format: rows

export type Word = keyof typeof CATALOGUE;
export type Words = (word: Word, values?: Readonly<Record<string, string | number>>) => string;

/** The page's own words in one language; `{name}` is filled from `values`. */
export function wordsIn(language: Language): Words {
  const column = LANGUAGES.indexOf(language);
  return (word, values = {}) =>
    (CATALOGUE[word][column] ?? CATALOGUE[word][0]).replace(/\{(\w+)\}/g, (whole, name: string) =>
      String(values[name] ?? whole),
    );
}

export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: "English",
  zh: "中文",
  id: "Bahasa Indonesia",
  vi: "Tiếng Việt",
  th: "ไทย",
};

/** The first of the browser's languages that the page speaks; Malay reads Indonesian. */
export function preferredLanguage(browser: readonly string[]): Language {
  for (const tag of browser) {
    const base = tag.toLowerCase().split("-")[0] ?? "";
    const language = base === "ms" ? "id" : LANGUAGES.find((known) => known === base);
    if (language) return language;
  }
  return "en";
}
