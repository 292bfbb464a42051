import type { Metric } from "../catalog/catalog.ts";
import type { AnswerValue } from "../chat/answer.ts";
import { formatBucket, formatValue } from "../chat/format.ts";
import type { BarSpec, ChartSpec, ChartUnit, HeatSpec, LinePoint, LineSeries } from "../kernel/chart-spec.ts";
import type { Unit } from "../kernel/measurement.ts";
import type { Question } from "../kernel/question.ts";
import type { Asking } from "./asking.ts";
import { echoOf } from "./echo.ts";
import { metricName, nameable, rowName, valueName } from "./names.ts";
import { isOfPeople } from "./people.ts";

const LINES_MAX = 6;
const PANELS_MAX = 12;
const PICTURES_MAX = 2;

/**
 * Which pictures an answer gets: a line per series over time, sorted bars for a split, a heat map for two splits or a split by hour of day,
 * small multiples for many series; none for one number, which words say better.
 */
export function picturesOf(
  rows: readonly AnswerValue[],
  question: Question,
  metrics: readonly Metric[],
  asking: Asking,
  zone: string | null,
): ChartSpec[] {
  if (question.options.form) return [];
  return metrics.slice(0, PICTURES_MAX).flatMap((metric) => {
    const mine = rows.filter((row) => row.metric === metric.id);
    if (mine.length < 2 || mine.every((row) => row.value === null)) return [];
    return [pictureOf(mine, metric, question, asking, zone)];
  });
}

function pictureOf(
  rows: readonly AnswerValue[],
  metric: Metric,
  question: Question,
  asking: Asking,
  zone: string | null,
): ChartSpec {
  const common = {
    subtitle: echoOf({ ...question, metrics: [metric.id] }, asking, zone).replace(/^[^:：]*[:：]\s*/, ""),
    unit: chartUnit(metric.unit),
    locale: asking.locale,
  };
  const hatched = rows.some((row) => row.value === null) ? { note: asking.say("chart.note.hatched") } : {};
  const pale = rows.some(isProvisional) ? { note: asking.say("chart.note.pale") } : {};
  const dashed = rows.some(isProvisional) ? { note: asking.say("chart.note.provisional") } : {};
  const cyclic = question.grain === "hour_of_day" || question.grain === "day_of_week";
  if (question.grain === "total" && question.by.length === 2) {
    return { ...common, ...hatched, ...twoSplits(rows, metric, question, asking) };
  }
  if (question.grain === "total") return { ...common, ...pale, ...bars(rows, metric, question, asking) };
  if (cyclic && question.by.length > 0) {
    return { ...common, ...hatched, ...bucketsBySplit(rows, metric, question, asking) };
  }
  const named = byName(rows, question, asking);
  if (named.size > LINES_MAX) {
    const panels = [...named].slice(0, PANELS_MAX).map(([name, mine]) => ({
      name,
      points: pointsOf(mine, question, asking),
    }));
    return { ...common, ...dashed, kind: "multiples", title: peakTitle(rows, metric, question, asking), panels };
  }
  return {
    ...common,
    ...dashed,
    kind: "line",
    title: seriesTitle(rows, metric, question, asking),
    series: seriesOf(rows, named, metric, question, asking),
  };
}

/** A series' rows by its name, in order of appearance. */
function byName(rows: readonly AnswerValue[], question: Question, asking: Asking): Map<string, AnswerValue[]> {
  const named = new Map<string, AnswerValue[]>();
  for (const row of rows) {
    const name = rowName(row.key ?? {}, question.by, asking);
    const mine = named.get(name);
    if (mine) mine.push(row);
    else named.set(name, [row]);
  }
  return named;
}

function seriesOf(
  rows: readonly AnswerValue[],
  named: ReadonlyMap<string, readonly AnswerValue[]>,
  metric: Metric,
  question: Question,
  asking: Asking,
): LineSeries[] {
  const main = [...named].map(
    ([name, mine]): LineSeries => ({
      name: name || metricName(asking.catalog, metric.id, asking.language),
      points: pointsOf(mine, question, asking),
      role: "main",
    }),
  );
  if (named.size > 1) return main;
  if (!question.compare) return [...main, ...nowcastOf(rows, question, asking)];
  const before = rows.map((row): LinePoint => ({ ...bucketOf(row, question, asking), y: row.compare?.value ?? null }));
  return [...main, { name: asking.say("chart.compare"), points: before, role: "compare" }];
}

/** What the young end of a single line will read: a line of its own that leaves the first one at its last final point. */
function nowcastOf(rows: readonly AnswerValue[], question: Question, asking: Asking): LineSeries[] {
  const first = rows.findIndex((row) => row.extra?.nowcast != null);
  if (first < 0) return [];
  const points = rows.map((row, index): LinePoint => {
    const { nowcast = null, nowcast_low: low = null, nowcast_high: high = null } = row.extra ?? {};
    const bucket = bucketOf(row, question, asking);
    return index === first - 1
      ? { ...bucket, y: row.value, provisional: true }
      : { ...bucket, y: nowcast, low, high, provisional: true };
  });
  return [{ name: asking.say("column.nowcast"), points, role: "main" }];
}

const pointsOf = (rows: readonly AnswerValue[], question: Question, asking: Asking): LinePoint[] =>
  rows.map((row) => ({
    ...bucketOf(row, question, asking),
    y: row.value,
    low: row.low,
    high: row.high,
    ...(isProvisional(row) ? { provisional: true } : {}),
  }));

const bucketOf = (row: AnswerValue, question: Question, asking: Asking): { x: string; label: string } => ({
  x: String(row.key?.bucket ?? ""),
  label: formatBucket(row.key?.bucket ?? "", question.grain, asking.locale, asking.zone),
});

function bars(
  rows: readonly AnswerValue[],
  metric: Metric,
  question: Question,
  asking: Asking,
): Pick<BarSpec, "kind" | "title" | "items" | "valueName" | "compareName"> {
  const ranked =
    question.options.limit || isOfPeople(question, asking.catalog)
      ? [...rows]
      : [...rows].sort((a, b) => (b.value ?? -1) - (a.value ?? -1));
  const items = ranked.map((row) => ({
    label: rowName(row.key ?? {}, question.by, asking),
    value: row.value,
    low: row.low,
    high: row.high,
    ...(question.compare ? { compare: row.compare?.value ?? null } : {}),
    ...(isProvisional(row) ? { provisional: true } : {}),
  }));
  return {
    kind: "bar",
    title: peakTitle(rows, metric, question, asking),
    items,
    valueName: metricName(asking.catalog, metric.id, asking.language),
    ...(question.compare ? { compareName: asking.say("chart.compare") } : {}),
  };
}

type HeatPart = Pick<HeatSpec, "kind" | "title" | "xLabels" | "yLabels" | "values">;

function twoSplits(rows: readonly AnswerValue[], metric: Metric, question: Question, asking: Asking): HeatPart {
  const [first = "", second = ""] = question.by;
  return grid(
    rows,
    metric,
    question,
    asking,
    (row) => valueName(row.key?.[first], asking),
    (row) => valueName(row.key?.[second], asking),
  );
}

function bucketsBySplit(rows: readonly AnswerValue[], metric: Metric, question: Question, asking: Asking): HeatPart {
  return grid(
    rows,
    metric,
    question,
    asking,
    (row) => rowName(row.key ?? {}, question.by, asking),
    (row) => bucketOf(row, question, asking).label,
  );
}

function grid(
  rows: readonly AnswerValue[],
  metric: Metric,
  question: Question,
  asking: Asking,
  yOf: (row: AnswerValue) => string,
  xOf: (row: AnswerValue) => string,
): HeatPart {
  const yLabels = [...new Set(rows.map(yOf))];
  const xLabels = [...new Set(rows.map(xOf))];
  const byCell = new Map(rows.map((row) => [`${yOf(row)} ${xOf(row)}`, row.value]));
  return {
    kind: "heat",
    title: peakTitle(rows, metric, question, asking),
    xLabels,
    yLabels,
    values: yLabels.map((y) => xLabels.map((x) => byCell.get(`${y} ${x}`) ?? null)),
  };
}

function peakTitle(rows: readonly AnswerValue[], metric: Metric, question: Question, asking: Asking): string {
  const known = nameable(rows);
  const top = known.reduce<AnswerValue | undefined>(
    (best, row) => ((row.value ?? 0) > (best?.value ?? -Infinity) ? row : best),
    undefined,
  );
  const metricLabel = metricName(asking.catalog, metric.id, asking.language);
  // Groups of people are not ranked, in a title least of all.
  if (!top || isOfPeople(question, asking.catalog)) return metricLabel;
  const split = rowName(top.key ?? {}, question.by, asking);
  const bucket = top.key?.bucket === undefined ? "" : bucketOf(top, question, asking).label;
  const name = [split, bucket].filter((part) => part !== "").join(", ");
  return asking.say(split ? "chart.title.highest" : "chart.title.peak", {
    metric: metricLabel,
    name,
    value: formatValue(top.value, top.unit, asking.locale),
  });
}

function seriesTitle(rows: readonly AnswerValue[], metric: Metric, question: Question, asking: Asking): string {
  const cyclic = question.grain === "hour_of_day" || question.grain === "day_of_week";
  if (question.by.length > 0 || cyclic || question.grain === "hour") return peakTitle(rows, metric, question, asking);
  const settled = rows.flatMap((row) => (row.value === null || isProvisional(row) ? [] : [row.value]));
  const name = metricName(asking.catalog, metric.id, asking.language);
  const ends = endsOf(settled, question.grain === "day" ? DAYS_PER_WEEK : 1);
  if (!ends) return name;
  const direction = ends.moved === 0 ? "flat" : ends.moved > 0 ? "up" : "down";
  return asking.say(`chart.title.${direction}`, {
    metric: name,
    first: formatValue(ends.first, metric.unit, asking.locale),
    last: formatValue(ends.last, metric.unit, asking.locale),
  });
}

const DAYS_PER_WEEK = 7;

/**
 * Where a series began and where it is now: means over whole seasons (a Monday beside a Sunday is no trend), or over a third of it. `moved`
 * is 0 unless the means differ by more than two standard errors of the values around them and by 2 %.
 */
function endsOf(values: readonly number[], season: number): { first: number; last: number; moved: number } | null {
  if (values.length < 2) return null;
  const span = values.length >= 2 * season && season > 1 ? season : Math.max(1, Math.floor(values.length / 3));
  const [head, tail] = [values.slice(0, span), values.slice(-span)];
  const [first, last] = [meanOf(head), meanOf(tail)];
  const spread = span > 1 ? Math.sqrt((varianceOf(head) + varianceOf(tail)) / span) : 0;
  const isSame = Math.abs(last - first) <= Math.max(2 * spread, 0.02 * Math.abs(first));
  return { first, last, moved: isSame ? 0 : last - first };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const varianceOf = (values: readonly number[]): number => {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
};

const isProvisional = (row: AnswerValue): boolean => row.flags.includes("partial") || row.flags.includes("immature");

/** How a chart writes numbers of a unit. */
export function chartUnit(unit: Unit): ChartUnit {
  switch (unit) {
    case "share":
      return "percent";
    case "count":
    case "views":
      return "count";
    case "usd":
    case "usd_per_decision":
    case "usd_per_removal":
      return "usd";
    case "hours":
    case "seconds":
    case "per_hour":
    case "number":
      return unit;
    default:
      return unit satisfies never;
  }
}
