import { formatBucket, formatPeriod } from "../../chat/format.ts";
import type { ChartSpec, LinePoint } from "../../kernel/chart-spec.ts";
import { limits } from "../../kernel/limits.ts";
import type { Asking } from "../asking.ts";
import { metricName } from "../names.ts";
import { chartUnit } from "../pictures.ts";
import type { Firing } from "./back-test.ts";
import { dayName, nameOf, segmentName } from "./name.ts";
import type { WatchPayload } from "./payload.ts";
import type { SeenPoint, WatchSeries } from "./watch-series.ts";

/** More points than this are thinned; those that fired stay. */
const POINTS_MAX = 240;

/** The line of the segment that fired most (else of the furthest one), the level across it, and a mark at each firing. */
export function watchChart(
  series: WatchSeries,
  payload: WatchPayload,
  firings: readonly Firing[],
  zone: string,
  asking: Asking,
): ChartSpec[] {
  const segment = drawnSegment(series, firings);
  const points = series.segments.get(segment)?.points ?? [];
  if (points.filter(({ value }) => value !== null).length < 2) return [];
  const mine = new Set(firings.filter((firing) => firing.segment === segment).map(({ point }) => point.at));
  const drawn = thinned(points, mine).map((point) => linePoint(point, series, zone, asking));
  const name = [metricName(asking.catalog, series.metric.id, asking.language), segmentName(segment, asking)]
    .filter(Boolean)
    .join(" · ");
  return [
    {
      kind: "line",
      title: asking.say(mine.size > 0 ? "watch.chart.title" : "watch.chart.title_never", {
        name: nameOf({ payload: { ...payload } }, asking),
        n: mine.size,
      }),
      subtitle: [name, periodName(points, asking, zone), zone].filter(Boolean).join(" · "),
      unit: chartUnit(series.metric.unit),
      locale: asking.locale,
      series: [
        { name, points: drawn, role: "main" },
        {
          name: asking.say("watch.chart.level"),
          points: drawn.map(({ x, label }) => ({ x, label, y: payload.level })),
          role: "compare",
        },
      ],
      marks: points
        .filter(({ at }) => mine.has(at))
        .map((point) => ({ x: placeOf(point), label: asking.say("watch.chart.fires") })),
      ...(drawn.some(({ provisional }) => provisional) ? { note: asking.say("chart.note.provisional") } : {}),
    },
  ];
}

function periodName(points: readonly SeenPoint[], asking: Asking, zone: string): string {
  const [from, to] = [points[0]?.period.from, points.at(-1)?.period.to];
  return from === undefined || to === undefined ? "" : formatPeriod({ from, to }, asking.locale, zone);
}

function drawnSegment(series: WatchSeries, firings: readonly Firing[]): string {
  const counts = new Map<string, number>();
  for (const { segment } of firings) counts.set(segment, (counts.get(segment) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most?.[0] ?? [...series.segments.keys()][0] ?? "{}";
}

function thinned(points: readonly SeenPoint[], kept: ReadonlySet<number>): SeenPoint[] {
  const every = Math.ceil(points.length / POINTS_MAX);
  return points.filter(({ at }, index) => index % every === 0 || kept.has(at) || index === points.length - 1);
}

const placeOf = ({ at }: SeenPoint): string => new Date(at).toISOString();

function linePoint(point: SeenPoint, series: WatchSeries, zone: string, asking: Asking): LinePoint {
  const { low, high, complete } = point;
  const hidden = series.metric.unit === "count" && point.n === null && (point.value ?? 0) < limits.cellMin;
  const y = hidden ? null : point.value;
  const at = new Date(point.at - (series.step === "hour" ? 0 : 1));
  return {
    x: placeOf(point),
    label:
      series.step === "hour"
        ? formatBucket(at.toISOString(), "hour", asking.locale, zone)
        : dayName(point, series.step, zone, asking.locale),
    y,
    low,
    high,
    ...(complete ? {} : { provisional: true }),
  };
}
