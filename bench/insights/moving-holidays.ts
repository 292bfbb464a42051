/**
 * Labels of festivals that move with another calendar, by the calendars of the runtime (ICU): the lunar new year and its eve, the start of
 * Ramadan, both Eids. Fixed campaigns of online shops: 6.6, 9.9, 11.11, 12.12. National holidays come from elsewhere.
 */
export function movingHoliday(day: string): string | null {
  const at = new Date(`${day}T12:00:00Z`);
  const chinese = monthAndDay(CHINESE, at);
  if (chinese === "1/1" || chinese === "1/2" || chinese === "1/3") return `lunar new year ${chinese.slice(2)}`;
  if (monthAndDay(CHINESE, new Date(at.getTime() + 86_400_000)) === "1/1") return "lunar new year's eve";
  return ISLAMIC_DAYS[monthAndDay(ISLAMIC, at)] ?? CAMPAIGNS[day.slice(5)] ?? null;
}

const ISLAMIC_DAYS: Readonly<Record<string, string>> = {
  "9/1": "start of Ramadan",
  "10/1": "Eid al-Fitr 1",
  "10/2": "Eid al-Fitr 2",
  "12/10": "Eid al-Adha",
};
const CAMPAIGNS: Readonly<Record<string, string>> = {
  "06-06": "6.6",
  "09-09": "9.9",
  "11-11": "11.11",
  "12-12": "12.12",
};

const CHINESE = new Intl.DateTimeFormat("en-u-ca-chinese", { month: "numeric", day: "numeric", timeZone: "UTC" });
const ISLAMIC = new Intl.DateTimeFormat("en-u-ca-islamic-umalqura", {
  month: "numeric",
  day: "numeric",
  timeZone: "UTC",
});

/** "1/1"; a leap month has a suffix and never matches. */
function monthAndDay(format: Intl.DateTimeFormat, at: Date): string {
  const parts = format.formatToParts(at);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? "";
  return `${of("month")}/${of("day")}`;
}
