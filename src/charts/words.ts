/** The few words that charts say themselves; everything else arrives finished in the spec. */
export interface ChartWords {
  readonly noData: string;
  /** `{shown}` of `{total}` drawn. */
  readonly omitted: string;
  /** One point in `{n}` drawn. */
  readonly thinned: string;
  readonly line: string;
  readonly bar: string;
  readonly waterfall: string;
  readonly heat: string;
  readonly multiples: string;
  /** `{name}`, `{first}`, `{firstAt}`, `{last}`, `{lastAt}`. */
  readonly fromTo: string;
  /** `{low}`, `{lowAt}`, `{high}`, `{highAt}`. */
  readonly range: string;
  readonly provisional: string;
  /** What a point ahead is. */
  readonly forecast: string;
  /** A forecast's 80 %: `{low}`, `{high}`. */
  readonly inner: string;
  /** `{value}` against `{compare}`. */
  readonly against: string;
  /** `{n}` steps as one. */
  readonly rest: string;
  /** The axis is cut. */
  readonly cut: string;
  /** A step that is no more than chance. */
  readonly faint: string;
}

/** Words in the language of a locale; English for languages that the bot does not speak. */
export function chartWords(locale: string): ChartWords {
  return WORDS[locale.toLowerCase().split("-")[0] ?? "en"] ?? EN;
}

/** Puts values into `{name}` places. */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

const EN: ChartWords = {
  noData: "No data",
  omitted: "{shown} of {total} shown",
  thinned: "1 point in {n} shown",
  line: "Line chart",
  bar: "Bar chart",
  waterfall: "Waterfall chart",
  heat: "Heat map",
  multiples: "Small line charts",
  fromTo: "{name}: from {first} ({firstAt}) to {last} ({lastAt})",
  range: "lowest {low} ({lowAt}), highest {high} ({highAt})",
  provisional: "not final",
  forecast: "forecast",
  inner: "80 % between {low} and {high}",
  against: "{value} against {compare}",
  rest: "{n} more",
  cut: "The axis does not start at zero",
  faint: "within noise",
};

const WORDS: Readonly<Record<string, ChartWords>> = {
  en: EN,
  zh: {
    noData: "没有数据",
    omitted: "显示 {total} 项中的 {shown} 项",
    thinned: "每 {n} 个点显示一个",
    line: "折线图",
    bar: "柱状图",
    waterfall: "瀑布图",
    heat: "热力图",
    multiples: "小型折线图组",
    fromTo: "{name}：从 {first}（{firstAt}）到 {last}（{lastAt}）",
    range: "最低 {low}（{lowAt}），最高 {high}（{highAt}）",
    provisional: "未定稿",
    forecast: "预测",
    inner: "80% 区间 {low} 至 {high}",
    against: "{value}，对比 {compare}",
    rest: "其余 {n} 项",
    cut: "坐标轴不从零开始",
    faint: "在误差范围内",
  },
  id: {
    noData: "Tidak ada data",
    omitted: "{shown} dari {total} ditampilkan",
    thinned: "setiap titik ke-{n} ditampilkan",
    line: "Grafik garis",
    bar: "Grafik batang",
    waterfall: "Grafik air terjun",
    heat: "Peta panas",
    multiples: "Kumpulan grafik garis kecil",
    fromTo: "{name}: dari {first} ({firstAt}) ke {last} ({lastAt})",
    range: "terendah {low} ({lowAt}), tertinggi {high} ({highAt})",
    provisional: "belum final",
    forecast: "prakiraan",
    inner: "80 % antara {low} dan {high}",
    against: "{value} dibanding {compare}",
    rest: "{n} lainnya",
    cut: "Sumbu tidak mulai dari nol",
    faint: "dalam batas kebetulan",
  },
  vi: {
    noData: "Không có dữ liệu",
    omitted: "hiển thị {shown} trên {total}",
    thinned: "chỉ hiển thị mỗi điểm thứ {n}",
    line: "Biểu đồ đường",
    bar: "Biểu đồ cột",
    waterfall: "Biểu đồ thác nước",
    heat: "Bản đồ nhiệt",
    multiples: "Nhóm biểu đồ đường nhỏ",
    fromTo: "{name}: từ {first} ({firstAt}) đến {last} ({lastAt})",
    range: "thấp nhất {low} ({lowAt}), cao nhất {high} ({highAt})",
    provisional: "chưa chốt",
    forecast: "dự báo",
    inner: "80 % trong khoảng {low} đến {high}",
    against: "{value} so với {compare}",
    rest: "{n} mục khác",
    cut: "Trục không bắt đầu từ 0",
    faint: "trong mức dao động",
  },
  th: {
    noData: "ไม่มีข้อมูล",
    omitted: "แสดง {shown} จาก {total}",
    thinned: "แสดงทุกจุดที่ {n}",
    line: "กราฟเส้น",
    bar: "กราฟแท่ง",
    waterfall: "กราฟน้ำตก",
    heat: "แผนที่ความร้อน",
    multiples: "ชุดกราฟเส้นขนาดเล็ก",
    fromTo: "{name}: จาก {first} ({firstAt}) เป็น {last} ({lastAt})",
    range: "ต่ำสุด {low} ({lowAt}) สูงสุด {high} ({highAt})",
    provisional: "ยังไม่สรุป",
    forecast: "พยากรณ์",
    inner: "80% อยู่ระหว่าง {low} ถึง {high}",
    against: "{value} เทียบกับ {compare}",
    rest: "อีก {n} รายการ",
    cut: "แกนไม่ได้เริ่มที่ศูนย์",
    faint: "อยู่ในช่วงความคลาดเคลื่อน",
  },
};
