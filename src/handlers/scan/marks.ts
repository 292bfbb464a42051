import type { Catalog } from "../../catalog/catalog.ts";
import type { LedgerEntry } from "../../kernel/ledger.ts";
import type { Daily } from "./daily.ts";
import { dayStart, shiftDay } from "./days.ts";
import type { Gap } from "./gaps.ts";

/** What the calendar and the ledger say about each day of a series. */
export interface Marks {
  /** Not judged and in no baseline: rows are missing, somebody called it expected, or a feast without an earlier one like it. */
  readonly masked: readonly boolean[];
  /** The feast or campaign that the day belongs to; days of one label are learned together. */
  readonly calendar: readonly (string | null)[];
}

/** Entries of the ledger that take days out of the baseline; campaigns and holidays get a profile of their own; the others are suspects. */
const MASKING: ReadonlySet<string> = new Set(["outage", "expected"]);
const FEASTS: ReadonlySet<string> = new Set(["holiday", "campaign"]);
const HALF_DAY_MS = 43_200_000;

/** Marks the days of a series. Feasts count from half a day on, missing rows from the first hour. */
export function marksOf(series: Daily, ledger: readonly LedgerEntry[], gaps: readonly Gap[], catalog: Catalog): Marks {
  const days = series.days.map((day) => ({
    from: dayStart(day, series.zone),
    to: dayStart(shiftDay(day, 1), series.zone),
  }));
  const mine = ledger.filter((entry) => touches(entry, series));
  const masks = mine
    .filter((entry) => MASKING.has(entry.kind) && (entry.kind === "outage" || holds(entry, series)))
    .map(stretchOf);
  const missing = gaps.filter((gap) => series.metric.reads.includes(gap.source) && meets(gap.segment, series.segment));
  const feasts = mine
    .filter((entry) => FEASTS.has(entry.kind))
    .map((entry): Feast => ({ ...stretchOf(entry), kind: entry.kind, name: nameOf(entry, series, catalog) }));
  const calendar = days.map((day) => labelOf(day, feasts));
  const masked = days.map(
    (day) => masks.some((mask) => overlapMs(day, mask) > 0) || missing.some((gap) => overlapMs(day, gap) > 0),
  );
  return { masked: masked.map((is, index) => is || isUnheardOf(series, calendar, index)), calendar };
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}
const stretchOf = ({ startsAt, endsAt }: LedgerEntry): Stretch => ({
  from: Date.parse(startsAt),
  to: endsAt === null ? Number.POSITIVE_INFINITY : Date.parse(endsAt),
});
const overlapMs = (a: Stretch, b: Stretch): number => Math.min(a.to, b.to) - Math.max(a.from, b.from);

/** A count on the first day of its label that the history holds: nobody can say what it should be. */
function isUnheardOf(series: Daily, calendar: readonly (string | null)[], index: number): boolean {
  const label = calendar[index];
  const kind = series.metric.definition.kind;
  return label != null && (kind === "count" || kind === "sum") && calendar.indexOf(label) === index;
}

/** "campaign: # campaign" for 3.3 and 11.11 alike; with ~ where only a part of the series keeps the feast, ± on a campaign's eve and morrow. */
function labelOf(day: Stretch, feasts: readonly Feast[]): string | null {
  const within = (feast: Feast, shift: number): boolean =>
    overlapMs({ from: day.from + shift, to: day.to + shift }, feast) >= HALF_DAY_MS;
  const on = feasts.find((feast) => within(feast, 0));
  if (on) return on.name;
  const length = day.to - day.from;
  const beside = feasts.find((feast) => feast.kind === "campaign" && (within(feast, length) || within(feast, -length)));
  return beside ? `${beside.name} ±` : null;
}

interface Feast extends Stretch {
  readonly kind: string;
  readonly name: string;
}

const nameOf = (entry: LedgerEntry, series: Daily, catalog: Catalog): string =>
  `${isPartOf(entry, series, catalog) ? "~" : ""}${entry.kind}: ${entry.title.replace(/\d+/g, "#")}`;

/** The entry is about some markets, the series about more. */
function isPartOf(entry: LedgerEntry, series: Daily, catalog: Catalog): boolean {
  const dimension = catalog.zoned?.dimension ?? "market";
  return entry.markets !== null && series.segment[dimension] === undefined;
}

/** Whether an entry of the ledger is about any of the series. */
function touches(entry: LedgerEntry, series: Daily): boolean {
  if (entry.metrics && !entry.metrics.includes(series.metric.id)) return false;
  return meets(segmentOf(entry), series.segment);
}

/** Whether all of the series is within the entry's segment. */
const holds = (entry: LedgerEntry, series: Daily): boolean =>
  Object.entries(segmentOf(entry)).every(([dimension, values]) => {
    const mine = series.segment[dimension];
    return mine?.every((value) => values.includes(value)) ?? false;
  });

/** The ledger's columns are the market and the queue. */
const segmentOf = (entry: LedgerEntry): Readonly<Record<string, readonly string[]>> => ({
  ...(entry.markets && { market: entry.markets }),
  ...(entry.queues && { queue: entry.queues }),
});

type Segment = Readonly<Record<string, readonly string[]>>;
const meets = (a: Segment, b: Segment): boolean =>
  Object.entries(a).every(([dimension, values]) => !b[dimension] || b[dimension].some((one) => values.includes(one)));
