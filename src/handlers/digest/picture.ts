import type { Metric } from "../../catalog/catalog.ts";
import { formatBucket, formatPeriod } from "../../chat/format.ts";
import { dailyBand } from "../../insights/detect/daily-band.ts";
import type { ChartMark, ChartSpec, LinePoint } from "../../kernel/chart-spec.ts";
import type { Deviation } from "../../kernel/deviation.ts";
import type { LedgerEntry } from "../../kernel/ledger.ts";
import type { Asking } from "../asking.ts";
import { metricName } from "../names.ts";
import { chartUnit } from "../pictures.ts";
import { dayIn, shiftDay } from "../scan/days.ts";
import { meet } from "../scan/incidents.ts";
import type { Marked, Scanned } from "../scan/scan-mart.ts";
import { readingsOf } from "../scan/to-scan.ts";
import { findingTitle, segmentName } from "./finding-words.ts";

/** Days before the end of the finding that are drawn. */
const PICTURE_DAYS = 42;
const MARKS_MAX = 3;

/** Six weeks of the series with the band that each day was expected in, the finding and the ledger's entries marked. Null without a series. */
export function bandPicture(deviation: Deviation, scanned: Scanned, asking: Asking): ChartSpec | null {
  const marked = scanned.series(deviation);
  const metric = asking.catalog.metrics.get(deviation.metric);
  if (!marked || !metric) return null;
  const days = marked.series.days;
  const end = days.indexOf(shiftDay(deviation.period.to, -1));
  if (end < 0) return null;
  const from = Math.max(0, end - PICTURE_DAYS + 1);
  const shown = days.slice(from, end + 1);
  return {
    kind: "line",
    title: findingTitle(deviation, asking),
    subtitle: `${asking.say("anomalies.series", { metric: metricName(asking.catalog, metric.id, asking.language) })} · ${segmentName(deviation.segment, asking)} · ${formatPeriod({ from: shown[0] ?? "", to: deviation.period.to }, asking.locale, deviation.zone)}`,
    unit: chartUnit(metric.unit),
    locale: asking.locale,
    note: asking.say("digest.picture"),
    series: seriesOf(marked, metric, from, end, asking),
    marks: marksOf(deviation, shown, scanned.ledger, asking),
  };
}

/** What was, and what was expected with its band, day by day. */
function seriesOf(marked: Marked, metric: Metric, from: number, end: number, asking: Asking) {
  const band = dailyBand(marked.scan, end);
  const isRate = marked.scan.kind === "rate";
  const readings = readingsOf(marked.series);
  const points = (read: (index: number) => Partial<LinePoint>): LinePoint[] =>
    Array.from({ length: end - from + 1 }, (_, place) => {
      const day = marked.series.days[from + place] ?? "";
      return { x: day, label: formatBucket(day, "day", asking.locale, asking.zone), y: null, ...read(from + place) };
    });
  const value = (index: number): number | null => {
    const { value: x, n } = readings[index] ?? { value: null, n: null };
    return isRate ? (x === null || !n ? null : x / n) : x;
  };
  return [
    {
      name: metricName(asking.catalog, metric.id, asking.language),
      role: "main" as const,
      points: points((index) => ({
        y: value(index),
        low: band[index]?.low ?? null,
        high: band[index]?.high ?? null,
        ...(marked.masked[index] ? { provisional: true } : {}),
      })),
    },
    {
      name: asking.say("chart.expected"),
      role: "compare" as const,
      points: points((index) => ({ y: band[index]?.expected ?? null })),
    },
  ];
}

/** The finding's first day, and entries of the ledger in the same weeks. */
function marksOf(
  deviation: Deviation,
  shown: readonly string[],
  ledger: readonly LedgerEntry[],
  asking: Asking,
): ChartMark[] {
  const own = shown.includes(deviation.period.from)
    ? [
        {
          x: deviation.period.from,
          label: asking.say("finding.begins", {
            day: formatBucket(deviation.period.from, "day", asking.locale, asking.zone),
          }),
        },
      ]
    : [];
  const entries = ledger.flatMap((entry): ChartMark[] => {
    const day = dayIn(Date.parse(entry.startsAt), deviation.zone);
    const segment = { ...(entry.markets && { market: entry.markets }), ...(entry.queues && { queue: entry.queues }) };
    return shown.includes(day) && meet(segment, deviation.segment) ? [{ x: day, label: entry.title }] : [];
  });
  return [...own, ...entries.slice(-MARKS_MAX + own.length)];
}
