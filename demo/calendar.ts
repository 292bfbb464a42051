import { DAY, HOUR, MARKET, MARKETS, type Market } from "./world.ts";

/** When a marketplace is busy: each market's own clock, week, campaigns and feasts. */
export interface Calendar {
  /** Milliseconds to add to an instant to get the market's wall clock. */
  offset(market: Market, at: number): number;
  /** Relative inflow of one hour: 1 = an average hour of an average day. */
  rhythm(market: Market, at: number): number;
  /** Relative inflow of the local day that holds `at`, without the hour and without the trend. */
  dayFactor(market: Market, at: number): number;
}

/** `now` is where the growth trend stands at 1. */
export function createCalendar(now: number): Calendar {
  const zones = Object.fromEntries(MARKETS.map((market) => [market, new ZoneOffsets(MARKET[market].zone)]));
  const factors = new Map<string, number>();
  const offset = (market: Market, at: number) => (zones[market] as ZoneOffsets).at(at);
  const dayFactor = (market: Market, at: number) => {
    const day = Math.floor((at + offset(market, at)) / DAY);
    const key = `${market}${day}`;
    const known = factors.get(key);
    if (known !== undefined) return known;
    const factor = weekdayFactor(day) * campaignFactor(market, day) * feastFactor(market, day);
    factors.set(key, factor);
    return factor;
  };
  const rhythm = (market: Market, at: number) => {
    const local = at + offset(market, at);
    const hour = Math.floor(local / HOUR) % 24;
    const night = feast(market, Math.floor(local / DAY)) === "ramadan";
    const curve = (night ? RAMADAN_HOURS : HOURS)[hour] as number;
    // A market that grows by a quarter a year.
    const trend = 1 + (0.25 * (at - now)) / (365 * DAY);
    return curve * dayFactor(market, at) * trend;
  };
  return { offset, rhythm, dayFactor };
}

/** Local midnight `days` days before the local day of `now`. */
export function localMidnight(zone: string, now: number, days: number): number {
  const zones = new ZoneOffsets(zone);
  const midnight = (Math.floor((now + zones.at(now)) / DAY) - days) * DAY;
  return midnight - zones.at(midnight - zones.at(midnight));
}

export interface NamedDays {
  readonly kind: "campaign" | "holiday";
  readonly title: string;
  /** Days since the epoch of the local calendar, half-open. */
  readonly from: number;
  readonly to: number;
  readonly markets: readonly Market[] | null;
}

/** Campaigns and feasts between two local days, for the ledger. */
export function namedDays(from: number, to: number): NamedDays[] {
  const found: NamedDays[] = [];
  for (let day = from; day < to; day++) {
    const { month, date } = civil(day);
    if (month === date && CAMPAIGN[month]) {
      found.push({ kind: "campaign", title: `${month}.${date} campaign`, from: day, to: day + 1, markets: null });
    }
    if (isBlackFriday(day)) {
      found.push({ kind: "campaign", title: "Black Friday", from: day, to: day + 4, markets: ["US", "GB"] });
    }
    if (isRamadan(day) && (day === from || !isRamadan(day - 1))) {
      found.push({
        kind: "holiday",
        title: "Ramadan",
        from: day,
        to: lastOf(day, isRamadan) + 1,
        markets: ["ID", "MY"],
      });
    }
    if (isLunarNewYear(day) && (day === from || !isLunarNewYear(day - 1))) {
      const markets: Market[] = ["VN", "SG", "MY"];
      found.push({ kind: "holiday", title: "Lunar New Year", from: day, to: lastOf(day, isLunarNewYear) + 1, markets });
    }
  }
  return found;
}

function lastOf(day: number, holds: (day: number) => boolean): number {
  let last = day;
  while (holds(last + 1)) last++;
  return last;
}

/** Offsets of one zone, asked of Intl once for each border of a UTC day; days that hold a change are asked hour by hour. */
class ZoneOffsets {
  private readonly format: Intl.DateTimeFormat;
  private readonly borders = new Map<number, number>();

  constructor(zone: string) {
    this.format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  }

  at(instant: number): number {
    const day = Math.floor(instant / DAY);
    const before = this.border(day);
    return before === this.border(day + 1) ? before : this.ask(instant);
  }

  private border(day: number): number {
    const known = this.borders.get(day);
    if (known !== undefined) return known;
    const asked = this.ask(day * DAY);
    this.borders.set(day, asked);
    return asked;
  }

  private ask(instant: number): number {
    const name = this.format.formatToParts(instant).find((part) => part.type === "timeZoneName")?.value ?? "GMT";
    const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
    return (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * HOUR + Number(minutes ?? 0) * (HOUR / 60));
  }
}

/** Share of a day's inflow by local hour × 24: lunch and evening. */
const HOURS = [
  0.62, 0.4, 0.27, 0.2, 0.19, 0.24, 0.4, 0.62, 0.83, 1.0, 1.14, 1.24, 1.34, 1.26, 1.12, 1.08, 1.1, 1.14, 1.24, 1.46, 1.72, 1.86, 1.55, 1.0,
]; // biome-ignore format: a curve
/** The same in Ramadan: awake before dawn, quiet at the breaking of the fast, late evenings. */
const RAMADAN_HOURS = [
  0.95, 0.72, 0.74, 1.05, 1.16, 0.62, 0.42, 0.5, 0.68, 0.84, 0.95, 1.02, 1.04, 1.0, 0.98, 1.0, 1.04, 0.8, 0.62, 1.1, 1.62, 1.92, 1.75, 1.3,
]; // biome-ignore format: a curve

/** Size of the double-day campaigns by month. */
const CAMPAIGN: Readonly<Record<number, number>> = { 3: 1.7, 6: 1.8, 8: 1.4, 9: 1.9, 10: 1.5, 11: 2.6, 12: 2.1 };

const civil = (day: number): { month: number; date: number } => {
  const at = new Date(day * DAY);
  return { month: at.getUTCMonth() + 1, date: at.getUTCDate() };
};
/** 0 = Sunday. */
const weekday = (day: number): number => (((day + 4) % 7) + 7) % 7;

function weekdayFactor(day: number): number {
  return [1.1, 0.97, 0.93, 0.94, 0.96, 1.01, 1.09][weekday(day)] as number;
}

function campaignFactor(market: Market, day: number): number {
  const { month, date } = civil(day);
  const western = market === "US" || market === "GB";
  if (western) return isBlackFriday(day) ? 2.1 : isBlackFriday(day - 3) ? 1.7 : 1;
  const size = CAMPAIGN[month];
  if (!size) return 1;
  if (date === month) return size;
  return date === month - 1 || date === month + 1 ? 1 + (size - 1) * 0.3 : 1;
}

function feastFactor(market: Market, day: number): number {
  const name = feast(market, day);
  return name === "ramadan" ? 1.12 : name === "lunar new year" ? 0.72 : 1;
}

function feast(market: Market, day: number): "ramadan" | "lunar new year" | null {
  if ((market === "ID" || market === "MY") && isRamadan(day)) return "ramadan";
  if ((market === "VN" || market === "SG" || market === "MY") && isLunarNewYear(day)) return "lunar new year";
  return null;
}

function isBlackFriday(day: number): boolean {
  const { month, date } = civil(day);
  return month === 11 && weekday(day) === 5 && date >= 23 && date <= 29;
}

const ISLAMIC = new Intl.DateTimeFormat("en-u-ca-islamic-umalqura", { timeZone: "UTC", month: "numeric" });
const CHINESE = new Intl.DateTimeFormat("en-u-ca-chinese", { timeZone: "UTC", month: "numeric", day: "numeric" });
const ramadanDays = new Map<number, boolean>();
const newYearDays = new Map<number, boolean>();

function isRamadan(day: number): boolean {
  return remembered(ramadanDays, day, () =>
    ISLAMIC.formatToParts(day * DAY).some((part) => part.type === "month" && part.value === "9"),
  );
}

/** The first five days of the first month. */
function isLunarNewYear(day: number): boolean {
  return remembered(newYearDays, day, () => {
    const parts = CHINESE.formatToParts(day * DAY);
    const of = (type: string) => parts.find((part) => part.type === type)?.value;
    return of("month") === "1" && Number(of("day")) <= 5;
  });
}

function remembered(memory: Map<number, boolean>, day: number, ask: () => boolean): boolean {
  const known = memory.get(day);
  if (known !== undefined) return known;
  const asked = ask();
  memory.set(day, asked);
  return asked;
}
