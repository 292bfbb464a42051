import type { ChartMark } from "../kernel/chart-spec.ts";
import type { LedgerEntry } from "../kernel/ledger.ts";
import type { Grain } from "../kernel/question.ts";
import { dayOf } from "../queries/periods.ts";

const MARKS_MAX = 6;
const HALF_DAY_MS = 43_200_000;

/** Entries of the ledger as labelled lines at the bucket in which each began; the latest where there are more than six. */
export function ledgerMarks(
  entries: readonly LedgerEntry[],
  points: readonly { readonly x: string }[],
  grain: Grain,
  zone: string,
): ChartMark[] {
  const marks = entries.flatMap(({ title, startsAt }): ChartMark[] => {
    const x = bucketOf(Date.parse(startsAt), points, grain, zone);
    return x === null ? [] : [{ x, label: title }];
  });
  const distinct = [...new Map(marks.map((mark) => [`${mark.x} ${mark.label}`, mark])).values()];
  return distinct.sort((a, b) => (a.x < b.x ? -1 : a.x > b.x ? 1 : 0)).slice(-MARKS_MAX);
}

/** The bucket that holds an instant; days take the one that begins nearest, for ledgers are kept in one zone and series are of others. */
function bucketOf(
  instant: number,
  points: readonly { readonly x: string }[],
  grain: Grain,
  zone: string,
): string | null {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) return null;
  if (grain === "hour") {
    const found = points.findLast(({ x }) => Date.parse(x) <= instant);
    return found && instant < Date.parse(last.x) + 3_600_000 ? found.x : null;
  }
  const day = dayOf(instant + HALF_DAY_MS, zone);
  if (grain === "day") return points.some(({ x }) => x === day) ? day : null;
  const key = grain === "month" ? day.slice(0, 7) : day;
  const found = points.findLast(({ x }) => x <= key);
  return found && (found !== last || key.slice(0, 7) <= last.x.slice(0, 7)) ? found.x : null;
}
