import { isDate } from "./calendar.ts";
import { westernYear } from "./lex.ts";
import type { Sentence } from "./sentence.ts";
import { hasRole, roleAfter } from "./token.ts";
import type { Window } from "./window.ts";

/** A period found in the text: tokens start … end − 1. */
export interface Mention {
  readonly window: Window;
  readonly start: number;
  readonly end: number;
}

/** Reads a named period or a date that starts at `place`: 9 mar, 3月9日, ngày 9/3, q1 2026, w10, 3月第2周, ก.พ. 69, 2025. */
export function readDate(sentence: Sentence, place: number): Mention | null {
  return (
    prefixed(sentence, place) ??
    digits(sentence, place) ??
    weekOfMonth(sentence, place) ??
    dayRangeOfMonth(sentence, place) ??
    monthRange(sentence, place) ??
    dayMonth(sentence, place) ??
    yearFirst(sentence, place) ??
    monthFirst(sentence, place) ??
    quarter(sentence, place) ??
    isoWeek(sentence, place) ??
    year(sentence, place)
  );
}

/** "ngày 9/3", "tgl 9 maret", "วันที่ 9 มี.ค.": the word before says that a date follows. */
function prefixed(sentence: Sentence, place: number): Mention | null {
  if (!sentence.is(place, "date.before")) return null;
  const found = digits(sentence, place + 1) ?? dayRangeOfMonth(sentence, place + 1) ?? dayMonth(sentence, place + 1);
  return found && { ...found, start: place };
}

function digits(sentence: Sentence, place: number): Mention | null {
  const date = sentence.isFree(place) ? sentence.at(place)?.date : undefined;
  return date ? { window: date, start: place, end: place + 1 } : null;
}

interface MonthAt {
  readonly month: number;
  readonly end: number;
  /** Written in Thai, where a year of two digits is Buddhist. */
  readonly thai: boolean;
}

/** A month at `place`: its name, "tháng 3", "3月", "เดือนมีนาคม". */
function monthAt(sentence: Sentence, place: number): MonthAt | null {
  if (!sentence.isFree(place)) return null;
  const token = sentence.at(place);
  const name = roleAfter(token, "month.");
  if (name !== null && /^\d+$/.test(name)) {
    const thai = token?.senses.some((sense) => sense.language === "th" && sense.term === token.text) ?? false;
    return { month: Number(name), end: place + 1, thai };
  }
  if (hasRole(token, "month.before")) {
    const number = monthNumber(sentence, place + 1);
    if (
      number !== null &&
      !hasRole(sentence.at(place + 2), "last.after") &&
      token?.senses.some((s) => s.language === "vi")
    )
      return { month: number, end: place + 2, thai: false };
    const named = roleAfter(sentence.at(place + 1), "month.");
    if (named !== null && /^\d+$/.test(named)) return monthAt(sentence, place + 1);
    return null;
  }
  const number = monthNumber(sentence, place);
  if (number !== null && hasRole(sentence.at(place + 1), "month.after"))
    return { month: number, end: place + 2, thai: false };
  return null;
}
function monthNumber(sentence: Sentence, place: number): number | null {
  const value = sentence.number(place);
  return value !== null && Number.isInteger(value) && value >= 1 && value <= 12 ? value : null;
}

/** A year behind a date: "2026", "năm 2026", ", 2026", in Thai dates also "69". */
function yearAt(sentence: Sentence, place: number, thai: boolean): { year: number; end: number } | null {
  let at = place;
  if (sentence.mark(at, ",", "/", "-") || hasRole(sentence.at(at), "date.of")) at += 1;
  const value = sentence.number(at);
  if (value === null || !Number.isInteger(value) || isCounted(sentence, at + 1)) return null;
  const text = sentence.at(at)?.text ?? "";
  const end = hasRole(sentence.at(at + 1), "unit.year") && sentence.at(at + 1)?.glued ? at + 2 : at + 1;
  if (/^\d{4}$/.test(text) && isYear(value)) return { year: westernYear(value), end };
  if (thai && at === place && /^\d{2}$/.test(text)) return { year: 2500 + value - 543, end };
  return null;
}
const isYear = (value: number): boolean => (value >= 1990 && value <= 2100) || (value >= 2400 && value <= 2700);

/** Whether the number before counts something: 5k, 30 days, 6%, 9am, 9:00. */
const isCounted = (sentence: Sentence, place: number): boolean =>
  !opensMonth(sentence, place) &&
  hasRole(
    sentence.at(place),
    "unit.second", "unit.minute", "unit.hour", "unit.day", "unit.week", "unit.month", "times.1000", "times.10000",
    "times.1000000", "percent", "points", "am", "pm", "counter", "clock.after",
  ); // biome-ignore format: one list

/** "tháng 3", "bulan maret": the unit is the start of a month's name. */
const opensMonth = (sentence: Sentence, place: number): boolean =>
  sentence.isFree(place) && hasRole(sentence.at(place), "month.before") && monthAt(sentence, place) !== null;

/** A day of the month at `place`: 9, 9th, 9日. */
function dayAt(sentence: Sentence, place: number): { day: number; end: number } | null {
  const value = sentence.number(place);
  if (value === null || !Number.isInteger(value) || value < 1 || value > 31) return null;
  let end = place + 1;
  if (hasRole(sentence.at(end), "ordinal.glued") && sentence.at(end)?.glued) end += 1;
  else if (hasRole(sentence.at(end), "day.of_month")) end += 1;
  else if (isCounted(sentence, end)) return null;
  return { day: value, end };
}

const date = (year: number | null, month: number, day: number): Window | null =>
  isDate(year ?? 2024, month, day) ? { kind: "date", year, month, day } : null;

/** "9 mar 2026", "9th of march", "9 tháng 3 năm 2026", "9 มี.ค. 69". */
function dayMonth(sentence: Sentence, place: number): Mention | null {
  const day = dayAt(sentence, place);
  if (!day) return null;
  const at = hasRole(sentence.at(day.end), "date.of") ? day.end + 1 : day.end;
  const month = namedMonth(sentence, at);
  if (!month) return null;
  const year = yearAt(sentence, month.end, month.thai);
  const window = date(year?.year ?? null, month.month, day.day);
  return window && { window, start: place, end: year?.end ?? month.end };
}
/** A month that can stand behind a day: not "3月". */
const namedMonth = (sentence: Sentence, place: number): MonthAt | null =>
  sentence.number(place) === null ? monthAt(sentence, place) : null;

/** "3-9 mar", "3 to 9 march", "3 sampai 9 maret". */
function dayRangeOfMonth(sentence: Sentence, place: number): Mention | null {
  const first = dayAt(sentence, place);
  if (!first || !isRangeSign(sentence, first.end)) return null;
  const second = dayAt(sentence, sentence.skip(first.end + 1));
  if (!second) return null;
  const at = hasRole(sentence.at(second.end), "date.of") ? second.end + 1 : second.end;
  const month = namedMonth(sentence, at);
  if (!month) return null;
  const year = yearAt(sentence, month.end, month.thai);
  return between(year?.year ?? null, month.month, first.day, second.day, place, year?.end ?? month.end);
}

/** "tháng 1-2", "1-2月": two months by number under one word. */
function monthRange(sentence: Sentence, place: number): Mention | null {
  const named =
    hasRole(sentence.at(place), "month.before") && sentence.isFree(place) && isInVietnamese(sentence, place);
  const at = named ? place + 1 : place;
  const first = monthNumber(sentence, at);
  const second = first === null || !isRangeSign(sentence, at + 1) ? null : monthNumber(sentence, at + 2);
  if (first === null || second === null) return null;
  const end = named ? at + 3 : hasRole(sentence.at(at + 3), "month.after") ? at + 4 : null;
  if (end === null || dayAt(sentence, named ? at + 4 : end) !== null) return null;
  const year = yearAt(sentence, end, false);
  const month = (value: number): Window => ({ kind: "month", year: year?.year ?? null, month: value });
  return { window: { kind: "range", from: month(first), to: month(second) }, start: place, end: year?.end ?? end };
}
const isInVietnamese = (sentence: Sentence, place: number): boolean =>
  sentence.at(place)?.senses.some(({ language }) => language === "vi") ?? false;

function between(
  year: number | null,
  month: number,
  first: number,
  last: number,
  start: number,
  end: number,
): Mention | null {
  const from = date(year, month, first);
  const to = date(year, month, last);
  return from && to && { window: { kind: "range", from, to }, start, end };
}

/** "mar 9", "mar 3-9", "march 2026", "3月9日", "3月1日到7日", "tháng 2", "feb". */
function monthFirst(sentence: Sentence, place: number): Mention | null {
  const month = monthAt(sentence, place);
  if (!month) return null;
  const year = yearAt(sentence, month.end, month.thai);
  if (year) return { window: { kind: "month", year: year.year, month: month.month }, start: place, end: year.end };
  return (
    monthDay(sentence, month, place, null) ?? {
      window: { kind: "month", year: null, month: month.month },
      start: place,
      end: month.end,
    }
  );
}

function monthDay(sentence: Sentence, month: MonthAt, start: number, known: number | null): Mention | null {
  const at = hasRole(sentence.at(month.end), "date.before") ? month.end + 1 : month.end;
  const first = dayAt(sentence, at);
  if (!first) return null;
  const isVietnamese = hasRole(sentence.at(start), "month.before");
  if (isVietnamese) return null;
  if (isRangeSign(sentence, first.end)) {
    const second = dayAt(sentence, sentence.skip(first.end + 1));
    if (second && !namedMonth(sentence, second.end) && !hasRole(sentence.at(second.end), "month.after")) {
      const year = known === null ? yearAt(sentence, second.end, month.thai) : null;
      const found = between(
        known ?? year?.year ?? null,
        month.month,
        first.day,
        second.day,
        start,
        year?.end ?? second.end,
      );
      if (found) return found;
    }
  }
  const year = known === null ? yearAt(sentence, first.end, month.thai) : null;
  const window = date(known ?? year?.year ?? null, month.month, first.day);
  return window && { window, start, end: year?.end ?? first.end };
}

const isRangeSign = (sentence: Sentence, place: number): boolean =>
  sentence.mark(place, "-", "→") || sentence.is(place, "to") || hasRole(sentence.at(place), "and");

/** "2026年3月9日", "2026年2月", "2026 q1", "2026 march". */
function yearFirst(sentence: Sentence, place: number): Mention | null {
  const found = year(sentence, place);
  if (found?.window.kind !== "yearOf") return null;
  const known = found.window.year;
  const month = monthAt(sentence, found.end);
  if (month)
    return (
      monthDay(sentence, month, place, known) ?? {
        window: { kind: "month", year: known, month: month.month },
        start: place,
        end: month.end,
      }
    );
  const then = quarter(sentence, found.end) ?? isoWeek(sentence, found.end);
  return then && "year" in then.window && then.window.year === null
    ? { window: { ...then.window, year: known } as Window, start: place, end: then.end }
    : null;
}

/** "3月第2周", "2nd week of march", "minggu ke-2 maret", "tuần 2 tháng 3", "march week 2". */
function weekOfMonth(sentence: Sentence, place: number): Mention | null {
  const month = monthAt(sentence, place);
  if (month) {
    const week = weekNumber(sentence, hasRole(sentence.at(month.end), "date.of") ? month.end + 1 : month.end);
    return week && week.week <= 5
      ? {
          window: { kind: "weekOfMonth", year: null, month: month.month, week: week.week },
          start: place,
          end: week.end,
        }
      : null;
  }
  const week = weekNumber(sentence, place);
  if (!week || week.week > 5) return null;
  const at =
    hasRole(sentence.at(week.end), "date.of", "glue") && !hasRole(sentence.at(week.end), "month.before")
      ? week.end + 1
      : week.end;
  const of = namedMonth(sentence, at);
  if (!of) return null;
  const year = yearAt(sentence, of.end, of.thai);
  return {
    window: { kind: "weekOfMonth", year: year?.year ?? null, month: of.month, week: week.week },
    start: place,
    end: year?.end ?? of.end,
  };
}

/** "week 10", "w10", 第10周, "minggu ke-2", "2nd week". */
function weekNumber(sentence: Sentence, place: number): { week: number; end: number } | null {
  if (!sentence.isFree(place)) return null;
  if (hasRole(sentence.at(place), "unit.week", "week.glued")) {
    let at = place + 1;
    const ordinal = ordinalWord(sentence, at) ?? ordinalWeekday(sentence, at);
    if (ordinal !== null) return { week: ordinal, end: at + 1 };
    if (hasRole(sentence.at(at), "nth")) at += 1;
    else if (hasRole(sentence.at(at), "glue") && sentence.number(at + 1) !== null && sentence.language === "th")
      at += 1;
    if (sentence.mark(at, "-")) at += 1;
    const week = wholeNumber(sentence, at, 53);
    return week === null || isCounted(sentence, at + 1) ? null : { week, end: at + 1 };
  }
  const word = ordinalWord(sentence, place);
  if (word !== null) return hasRole(sentence.at(place + 1), "unit.week") ? { week: word, end: place + 2 } : null;
  const isNth = hasRole(sentence.at(place), "nth");
  const at = isNth ? place + 1 : place;
  const week = wholeNumber(sentence, at, 53);
  if (week === null) return null;
  const ordinal = hasRole(sentence.at(at + 1), "ordinal.glued") && sentence.at(at + 1)?.glued;
  if (!isNth && !ordinal) return null;
  const unit = ordinal ? at + 2 : hasRole(sentence.at(at + 1), "counter") ? at + 2 : at + 1;
  return hasRole(sentence.at(unit), "unit.week") ? { week, end: unit + 1 } : null;
}

/** "first", "kedua": the N of an N-th week. */
function ordinalWord(sentence: Sentence, place: number): number | null {
  const said = sentence.isFree(place) ? roleAfter(sentence.at(place), "nth.") : null;
  return said === null ? null : Number(said);
}
/** "tuần thứ 2" is the second week, though "thứ 2" alone is Monday. */
function ordinalWeekday(sentence: Sentence, place: number): number | null {
  const said = sentence.isFree(place) && isInVietnamese(sentence, place);
  const weekday = said ? roleAfter(sentence.at(place), "weekday.") : null;
  return weekday !== null && /^[1-6]$/.test(weekday) ? Number(weekday) + 1 : null;
}

function isoWeek(sentence: Sentence, place: number): Mention | null {
  const week = weekNumber(sentence, place);
  if (!week || hasRole(sentence.at(week.end), "last.after", "ago")) return null;
  const year = yearAt(sentence, week.end, false);
  return {
    window: { kind: "isoWeek", year: year?.year ?? null, week: week.week },
    start: place,
    end: year?.end ?? week.end,
  };
}

/** "q1", "quý 1", "kuartal 1 2026", "第一季度", "ไตรมาส 1". */
function quarter(sentence: Sentence, place: number): Mention | null {
  if (!sentence.isFree(place)) return null;
  let found: { quarter: number; end: number } | null = null;
  if (hasRole(sentence.at(place), "unit.quarter", "quarter.glued")) {
    const at = hasRole(sentence.at(place + 1), "nth") ? place + 2 : place + 1;
    const slashed = sentence.at(at)?.date;
    if (slashed?.kind === "month" && slashed.month <= 4 && sentence.isFree(at))
      return { window: { kind: "quarterOf", year: slashed.year, quarter: slashed.month }, start: place, end: at + 1 };
    const value = wholeNumber(sentence, sentence.mark(at, "-") ? at + 1 : at, 4);
    if (value !== null) found = { quarter: value, end: (sentence.mark(at, "-") ? at + 1 : at) + 1 };
  } else {
    const at = hasRole(sentence.at(place), "nth") ? place + 1 : place;
    const value = wholeNumber(sentence, at, 4);
    const ordinal = hasRole(sentence.at(at + 1), "ordinal.glued") && sentence.at(at + 1)?.glued ? 1 : 0;
    const unit = at + 1 + ordinal;
    const isName =
      (at > place || ordinal > 0 || sentence.language === "zh") && hasRole(sentence.at(unit), "unit.quarter");
    if (value !== null && isName) found = { quarter: value, end: unit + 1 };
  }
  if (!found || hasRole(sentence.at(found.end), "last.after", "ago")) return null;
  const year = yearAt(sentence, found.end, sentence.language === "th");
  return {
    window: { kind: "quarterOf", year: year?.year ?? null, quarter: found.quarter },
    start: place,
    end: year?.end ?? found.end,
  };
}

/** "2025", "năm 2025", "2025年", "ปี 2568". */
function year(sentence: Sentence, place: number): Mention | null {
  const named = sentence.is(place, "unit.year");
  const at = named ? place + 1 : place;
  const value = sentence.number(at);
  if (value === null || !/^\d{4}$/.test(sentence.at(at)?.text ?? "") || !isYear(value)) return null;
  if (isCounted(sentence, at + 1)) return null;
  const before = sentence.at(place - 1);
  if (sentence.mark(place - 1, ">", "<", "≥", "≤", "=") || hasRole(before, "gt", "lt", "ge", "le", "top", "bottom"))
    return null;
  const end = !named && hasRole(sentence.at(at + 1), "unit.year") ? at + 2 : at + 1;
  return { window: { kind: "yearOf", year: westernYear(value) }, start: place, end };
}

function wholeNumber(sentence: Sentence, place: number, max: number): number | null {
  const value = sentence.number(place);
  return value !== null && Number.isInteger(value) && value >= 1 && value <= max ? value : null;
}
