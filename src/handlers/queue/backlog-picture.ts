import { formatBucket, formatCount } from "../../chat/format.ts";
import type { ClearanceOutlook } from "../../insights/queueing/outlook.ts";
import type { ChartSpec } from "../../kernel/chart-spec.ts";
import { hourKey } from "../../queries/periods.ts";
import type { QueueLoad } from "../../queries/queue-load.ts";
import type { Asking } from "../asking.ts";
import { STEP_MS } from "./situation.ts";

const POINTS_MAX = 60;

/** Open cases from now on: the median path in its 80 % range. */
export function backlogPicture(
  { backlog }: ClearanceOutlook,
  read: QueueLoad,
  throughMs: number,
  zone: string,
  name: string,
  asking: Asking,
  steps: number,
): ChartSpec {
  const shown = backlog.slice(0, steps);
  const every = Math.max(1, Math.ceil(shown.length / POINTS_MAX));
  const label = (ms: number): string => formatBucket(new Date(ms).toISOString(), "hour", asking.locale, zone);
  const open = read.open.length;
  const points = shown
    .map(({ median, low, high }, i) => ({ at: throughMs + (i + 1) * STEP_MS, median, low, high, i }))
    .filter(({ i }) => (i + 1) % every === 0)
    .map(({ at, median, low, high }) => ({
      x: hourKey(at, zone),
      label: label(at),
      y: median,
      inner: { low, high },
      provisional: true,
    }));
  const first = { x: hourKey(throughMs, zone), label: label(throughMs), y: open, inner: { low: open, high: open } };
  const last = points.at(-1);
  const title = asking.say("clear.chart", {
    name,
    open: formatCount(open, asking.locale),
    later: formatCount(Math.round(last?.y ?? 0), asking.locale),
    at: last?.label ?? "",
  });
  return {
    kind: "line",
    title,
    subtitle: asking.say("clear.chart.subtitle", { zone }),
    unit: "count",
    locale: asking.locale,
    note: asking.say("clear.chart.note"),
    series: [{ name: asking.say("clear.chart.series"), role: "main", points: [first, ...points] }],
  };
}
