/**
 * When: the part of cron that people say. "minute hour day-of-month month day-of-week" with one minute; `*`, numbers, lists, ranges and
 * steps elsewhere. A day of the month or days of the week, not both.
 */
export interface When {
  /** 0–59. */
  readonly minute: number;
  /** Hours of the day, ascending; several = the schedule is hourly, and each run is named by its hour too. */
  readonly hours: readonly number[];
  readonly days:
    | { readonly type: "every" }
    /** Every so many days, counted from 1970-01-01 so that a month's end breaks no rhythm. */
    | { readonly type: "step"; readonly step: number }
    /** Days of the month; one that the month does not have is its last day. */
    | { readonly type: "ofMonth"; readonly days: readonly number[] }
    /** Sunday 0 … Saturday 6. */
    | { readonly type: "ofWeek"; readonly days: readonly number[] };
  /** 1–12; null = all. */
  readonly months: readonly number[] | null;
}

/** Reads a cron line; null when it is none of this part of cron. */
export function parseWhen(cron: string): When | null {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5) return null;
  const [minutes, hours, ofMonth, months, ofWeek] = fields as [string, string, string, string, string];
  const minute = numbers(minutes, 0, 59);
  const hour = numbers(hours, 0, 23);
  const month = numbers(months, 1, 12);
  const days = daysOf(ofMonth, ofWeek);
  if (minute?.length !== 1 || !hour || !month || !days) return null;
  return { minute: minute[0] as number, hours: hour, days, months: months === "*" ? null : month };
}

function daysOf(ofMonth: string, ofWeek: string): When["days"] | null {
  if (ofMonth === "*" && ofWeek === "*") return { type: "every" };
  const step = /^\*\/(\d{1,2})$/.exec(ofMonth);
  if (ofWeek === "*" && step) return Number(step[1]) >= 1 ? { type: "step", step: Number(step[1]) } : null;
  if (ofWeek === "*") {
    const days = numbers(ofMonth, 1, 31);
    return days && { type: "ofMonth", days };
  }
  const days = ofMonth === "*" ? numbers(ofWeek, 0, 7) : null;
  return days && { type: "ofWeek", days: distinct(days.map((day) => day % 7)) };
}

/** `*`, steps of `*`, `a`, `a-b` and lists of these, ascending; null when any is outside least … most. */
function numbers(field: string, least: number, most: number): number[] | null {
  const found: number[] = [];
  for (const part of field.split(",")) {
    const match = /^(?:\*(?:\/(\d{1,2}))?|(\d{1,2})(?:-(\d{1,2}))?)$/.exec(part);
    if (!match) return null;
    const [, step = "1", from = String(least), to = match[2] ?? String(most)] = match;
    if (Number(from) < least || Number(to) > most || Number(from) > Number(to) || Number(step) < 1) return null;
    for (let value = Number(from); value <= Number(to); value += Number(step)) found.push(value);
  }
  return distinct(found);
}

const distinct = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);
