import type { Metric } from "../catalog/catalog.ts";
import type { AnswerValue } from "../chat/answer.ts";
import { formatBucket, formatValue } from "../chat/format.ts";
import type { BarSpec, ChartSpec, ChartUnit, HeatSpec, LinePoint, LineSeries } from "../kernel/chart-spec.ts";
import type { Unit } from "../kernel/measurement.ts";
import type { Question } from "../kernel/question.ts";
import type { Asking } from "./asking.ts";
import { echoOf } from "./echo.ts";
import { metricName, nameable, rowName, valueName } from "./names.ts";

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
  const names = [...new Set(rows.map((row) => rowName(row.key ?? {}, question.by, asking)))];
  if (names.length > LINES_MAX) {
    const panels = names.slice(0, PANELS_MAX).map((name) => ({
      name,
      points: pointsOf(
        rows.filter((row) => rowName(row.key ?? {}, question.by, asking) === name),
        question,
        asking,
      ),
    }));
    return { ...common, ...dashed, kind: "multiples", title: peakTitle(rows, metric, question, asking), panels };
  }
  return {
    ...common,
    ...dashed,
    kind: "line",
    title: seriesTitle(rows, metric, question, asking),
    series: seriesOf(rows, names, metric, question, asking),
  };
}

function seriesOf(
  rows: readonly AnswerValue[],
  names: readonly string[],
  metric: Metric,
  question: Question,
  asking: Asking,
): LineSeries[] {
  const main = names.map((name): LineSeries => {
    const mine =
      question.by.length === 0 ? rows : rows.filter((row) => rowName(row.key ?? {}, question.by, asking) === name);
    return {
      name: name || metricName(asking.catalog, metric.id, asking.language),
      points: pointsOf(mine, question, asking),
      role: "main",
    };
  });
  if (!question.compare || names.length > 1) return main;
  const before = rows.map((row): LinePoint => ({ ...bucketOf(row, question, asking), y: row.compare?.value ?? null }));
  return [...main, { name: asking.say("chart.compare"), points: before, role: "compare" }];
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
  const ranked = question.options.limit ? [...rows] : [...rows].sort((a, b) => (b.value ?? -1) - (a.value ?? -1));
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
  if (!top) return metricLabel;
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
  const settled = rows.filter((row) => row.value !== null && !isProvisional(row));
  const [first, last] = [settled[0], settled.at(-1)];
  const name = metricName(asking.catalog, metric.id, asking.language);
  if (first?.value == null || last?.value == null || first === last) return name;
  const direction =
    Math.abs(last.value - first.value) <= 0.02 * Math.abs(first.value)
      ? "flat"
      : last.value > first.value
        ? "up"
        : "down";
  return asking.say(`chart.title.${direction}`, {
    metric: name,
    first: formatValue(first.value, metric.unit, asking.locale),
    last: formatValue(last.value, metric.unit, asking.locale),
  });
}

const isProvisional = (row: AnswerValue): boolean => row.flags.includes("partial") || row.flags.includes("immature");

function chartUnit(unit: Unit): ChartUnit {
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
