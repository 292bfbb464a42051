import type { Metric } from "../../catalog/catalog.ts";
import { formatDifference, formatInstant, formatPeriod, formatValue } from "../../chat/format.ts";
import type { Deviation } from "../../kernel/deviation.ts";
import { blank, type Period, type Question } from "../../kernel/question.ts";
import type { Asking } from "../asking.ts";
import { filtersName, metricName } from "../names.ts";
import { daysBetween, shiftDay } from "../scan/days.ts";
import type { Gap } from "../scan/gaps.ts";
import type { Health } from "../scan/scan-mart.ts";

/** "PH · video"; the whole has a name of its own. */
export function segmentName(segment: Question["filters"], asking: Asking): string {
  return filtersName({ ...blank("metric"), filters: segment }, asking) || asking.say("everything");
}

/** "Automation rate fell: PH · video". */
export function findingTitle(deviation: Deviation, asking: Asking): string {
  const values = {
    metric: metricName(asking.catalog, deviation.metric, asking.language),
    segment: segmentName(deviation.segment, asking),
  };
  switch (deviation.kind) {
    case "spike":
    case "level_shift":
      return asking.say(deviation.direction === "up" ? "finding.rose" : "finding.fell", values);
    case "drift":
      return asking.say(deviation.direction === "up" ? "finding.climbs" : "finding.sinks", values);
    case "variance":
      return asking.say("finding.unsteady", values);
    case "silence":
      return asking.say("finding.silent", values);
    default:
      return deviation.kind satisfies never;
  }
}

/** "29.4 % on 6–8 Mar 2026, 78.2 % – 89.6 % was to be expected (n = 51)". */
export function findingNumbers(deviation: Deviation, asking: Asking): string {
  if (deviation.kind === "variance")
    return asking.say("finding.swings", {
      factor: new Intl.NumberFormat(asking.locale, { maximumFractionDigits: 1 }).format(deviation.value),
    });
  const metric = asking.catalog.metrics.get(deviation.metric) as Metric;
  const said = (value: number): string => formatValue(settled(value, metric), metric.unit, asking.locale);
  const values = {
    value: said(deviation.value),
    expected: said(deviation.expected),
    low: said(deviation.low),
    high: said(deviation.high),
    change: formatDifference(settled(deviation.value - deviation.expected, metric), metric.unit, asking.locale),
    period: formatPeriod(deviation.period, asking.locale, deviation.zone),
    from: formatPeriod(
      { from: deviation.period.from, to: shiftDay(deviation.period.from, 1) },
      asking.locale,
      deviation.zone,
    ),
  };
  const isRun = daysBetween(deviation.period.from, deviation.period.to) > 1;
  const line = asking.say(
    deviation.kind === "drift" || (isRun && deviation.kind === "level_shift") ? "finding.since" : "finding.on",
    values,
  );
  return deviation.n === null
    ? line
    : `${line} (${asking.say("n", { n: new Intl.NumberFormat(asking.locale).format(deviation.n) })})`;
}

/** Counts are whole. */
const settled = (value: number, metric: Metric): number => (metric.unit === "count" ? Math.round(value) : value);

/** The one line of a finding among others: title and numbers. */
export const findingLine = (deviation: Deviation, asking: Asking): string =>
  asking.say("finding.line", { title: findingTitle(deviation, asking), numbers: findingNumbers(deviation, asking) });

/** "Also: inflow VN +62 (+58 %), decisions VN …". */
export function alsoLine(also: readonly Deviation[], asking: Asking): string | null {
  if (also.length === 0) return null;
  const moved = also.filter(({ kind }) => kind !== "variance");
  if (moved.length === 0) return null;
  const named = moved.slice(0, ALSO_MAX).map((deviation) => {
    const metric = asking.catalog.metrics.get(deviation.metric) as Metric;
    const change = settled(deviation.value - deviation.expected, metric);
    return `${metricName(asking.catalog, deviation.metric, asking.language)} ${segmentName(deviation.segment, asking)} ${formatDifference(change, metric.unit, asking.locale)}`;
  });
  return asking.say("finding.also", { names: named.join("; "), more: moved.length - named.length });
}
const ALSO_MAX = 3;

/**
 * What the thread of a finding starts from: the metric in its segment over the days of the finding, against as many days before it; days of
 * the week stay beside days of the same name.
 */
export function findingQuestion(deviation: Deviation): Question {
  const period = recentPart(deviation.period);
  const back = 7 * Math.max(1, Math.ceil(daysBetween(deviation.period.from, deviation.period.to) / 7));
  return {
    ...blank("metric"),
    metrics: [deviation.metric],
    filters: deviation.segment,
    period,
    compare: { from: shiftDay(period.from, -back), to: shiftDay(period.to, -back) },
  };
}

/** A drift of many weeks is looked at by its last one. */
const recentPart = (period: Period): Period =>
  daysBetween(period.from, period.to) > 7 ? { from: shiftDay(period.to, -7), to: period.to } : period;

/** Late tables and missing rows, each in one sentence; said before any finding. */
export function healthLines(health: Health, asking: Asking, since: number): string[] {
  const late = health.late.map(({ source, completeThrough, hours }) =>
    asking.say("digest.late", {
      source: tableName(source),
      hours,
      at: formatInstant(new Date(completeThrough).toISOString(), asking.locale, asking.zone),
    }),
  );
  const recent = health.gaps.filter(({ to }) => to > since);
  const told = recent.filter((gap) => !recent.some((whole) => takesAlong(whole, gap)));
  return [...late, ...told.map((gap) => gapLine(gap, asking))];
}

/** A gap of the whole leaves single markets, and the tables behind, without rows too: one sentence says it. */
const takesAlong = (whole: Gap, gap: Gap): boolean =>
  Object.keys(whole.segment).length === 0 &&
  Object.keys(gap.segment).length > 0 &&
  whole.from < gap.to &&
  gap.from < whole.to;

export function gapLine(gap: Gap, asking: Asking): string {
  const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16)}Z`;
  return asking.say("digest.gap", {
    source: tableName(gap.source),
    segment: Object.keys(gap.segment).length === 0 ? "" : ` ${segmentName(gap.segment, asking)}`,
    period: formatPeriod({ from: iso(gap.from), to: iso(gap.to) }, asking.locale, asking.zone),
    expected: new Intl.NumberFormat(asking.locale, { maximumSignificantDigits: 2 }).format(gap.expected),
  });
}

const tableName = (source: string): string => source.replaceAll("_", " ");
