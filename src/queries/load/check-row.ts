import type { LoadColumn } from "./tables.ts";

/** Why a row was put aside; the names are the keys of the report's counts. */
export type Fault =
  | "field_count"
  | "quote"
  | "truncated"
  | "encoding"
  | "missing"
  | "number"
  | "time"
  | "value"
  | "future"
  | "outside_set"
  | "orphan"
  | "conflict";

export interface Aside {
  readonly fault: Fault;
  /** One sentence that names the column and the value. */
  readonly reason: string;
}

export interface RowRules {
  /** Dimension (or column) → its values; a column whose set is not in here is open. */
  readonly closedSets: ReadonlyMap<string, readonly string[]>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A field as COPY is to read it (null = NULL), or why the row is put aside. Nothing is trimmed, guessed or repaired. */
export function checkField(column: LoadColumn, value: string, rules: RowRules): { text: string | null } | Aside {
  if (value === "") {
    return column.nullable ? { text: null } : { fault: "missing", reason: `${column.name} is empty` };
  }
  if (value.includes("\0")) return { fault: "encoding", reason: `${column.name} holds a NUL character` };
  return CHECKS[column.kind](column, value, rules);
}

type Check = (column: LoadColumn, value: string, rules: RowRules) => { text: string } | Aside;

const CHECKS: Readonly<Record<LoadColumn["kind"], Check>> = {
  id: (column, value) => whole(column, value, 9_223_372_036_854_775_807n),
  integer: (column, value) => whole(column, value, 2_147_483_647n),
  number: (column, value) => decimal(column, value, (n) => n >= 0, "a number from 0 up"),
  score: (column, value) => decimal(column, value, (n) => n >= 0 && n <= 1, "a number between 0 and 1"),
  probability: (column, value) => decimal(column, value, (n) => n > 0 && n <= 1, "a probability above 0 and up to 1"),
  boolean: (column, value) => {
    const text = BOOLEANS.get(value);
    return text ? { text } : { fault: "value", reason: `${column.name} ${shown(value)} is neither true nor false` };
  },
  text: (column, value, rules) => outsideSet(column, value, rules) ?? { text: value },
  time: readTime,
  texts: readTexts,
  shares: readShares,
};

const BOOLEANS = new Map([
  ["true", "true"],
  ["false", "false"],
  ["t", "true"],
  ["f", "false"],
  ["1", "true"],
  ["0", "false"],
]);

function whole(column: LoadColumn, value: string, max: bigint): { text: string } | Aside {
  if (/^\d{1,19}$/.test(value) && BigInt(value) <= max) return { text: value };
  return { fault: "number", reason: `${column.name} ${shown(value)} is not a whole number from 0 up` };
}

function decimal(
  column: LoadColumn,
  value: string,
  fits: (n: number) => boolean,
  wanted: string,
): { text: string } | Aside {
  if (/^\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,2})?$/.test(value) && fits(Number(value))) return { text: value };
  return { fault: "number", reason: `${column.name} ${shown(value)} is not ${wanted}` };
}

const TIME = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(?:Z|([+-])(\d\d)(?::?(\d\d))?)$/;

/** ISO 8601 with a zone; a day that the calendar does not have is unreadable. */
function readTime(column: LoadColumn, value: string, rules: RowRules): { text: string } | Aside {
  const match = TIME.exec(value);
  const at = match ? instantOf(match) : null;
  if (at === null) {
    const zoneless = TIME.test(`${value}Z`);
    return {
      fault: "time",
      reason: `${column.name} ${shown(value)} ${zoneless ? "has no time zone" : "is not a readable time"}`,
    };
  }
  if (!column.ahead && at > rules.now)
    return { fault: "future", reason: `${column.name} ${shown(value)} lies in the future` };
  return { text: value };
}

function instantOf(match: RegExpExecArray): number | null {
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number, number, number, number, number, number,
  ]; // biome-ignore format: six numbers
  const [offsetHour, offsetMinute] = [Number(match[8] ?? 0), Number(match[9] ?? 0)];
  const utc = new Date(0);
  utc.setUTCFullYear(year, month - 1, day);
  utc.setUTCHours(hour, minute, second);
  const real =
    year > 0 && utc.getUTCMonth() === month - 1 && utc.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!real || offsetHour > 15 || offsetMinute > 59) return null;
  const fraction = Number(/\.\d+/.exec(match[0])?.[0] ?? 0) * 1000;
  const offset = (offsetHour * 60 + offsetMinute) * 60_000 * (match[7] === "-" ? -1 : 1);
  return utc.getTime() + fraction - offset;
}

/** `{ID,VN}` as PostgreSQL writes it, or a JSON array of texts. */
function readTexts(column: LoadColumn, value: string, rules: RowRules): { text: string } | Aside {
  const values = value.startsWith("{") && value.endsWith("}") ? plainArray(value) : jsonTexts(value);
  if (!values) return { fault: "value", reason: `${column.name} ${shown(value)} is not a list like {ID,VN}` };
  for (const item of values) {
    const outside = outsideSet(column, item, rules);
    if (outside) return outside;
  }
  return { text: `{${values.map((item) => `"${item.replace(/["\\]/g, "\\$&")}"`).join(",")}}` };
}

function plainArray(value: string): string[] | null {
  const inner = value.slice(1, -1);
  if (inner === "") return [];
  const items = inner.split(",").map((item) => (/^".*"$/.test(item) ? item.slice(1, -1) : item));
  return items.every((item) => item !== "" && !/["\\{}]/.test(item)) ? items : null;
}

function jsonTexts(value: string): string[] | null {
  const parsed = json(value);
  return Array.isArray(parsed) && parsed.every((item) => typeof item === "string" && item !== "") ? parsed : null;
}

/** `{"control": 0.5, "treatment": 0.5}`. */
function readShares(column: LoadColumn, value: string): { text: string } | Aside {
  const parsed = json(value);
  const readable =
    typeof parsed === "object" &&
    parsed !== null &&
    !Array.isArray(parsed) &&
    Object.keys(parsed).length > 0 &&
    Object.values(parsed).every((share) => typeof share === "number" && share >= 0);
  return readable
    ? { text: value }
    : { fault: "value", reason: `${column.name} ${shown(value)} is not an object of shares` };
}

function json(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function outsideSet(column: LoadColumn, value: string, rules: RowRules): Aside | null {
  const { set } = column;
  const values = typeof set === "string" ? rules.closedSets.get(set) : set;
  if (!values || values.length === 0 || values.includes(value)) return null;
  return { fault: "outside_set", reason: `${column.name} ${shown(value)} is not one of ${values.join(", ")}` };
}

const SHOWN_CHARS_MAX = 60;
const shown = (value: string): string =>
  JSON.stringify(value.length > SHOWN_CHARS_MAX ? `${value.slice(0, SHOWN_CHARS_MAX)}…` : value);
