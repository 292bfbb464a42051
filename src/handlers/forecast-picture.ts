import type { ChartMark, ChartSpec, LinePoint } from "../kernel/chart-spec.ts";
import type { LedgerEntry } from "../kernel/ledger.ts";
import type { Asking } from "./asking.ts";
import { echoOf } from "./echo.ts";
import { addsUp, askedSteps, bucketName, type Outlook, said, upshot } from "./forecast-outlook.ts";
import type { ForecastSeries } from "./forecast-series.ts";
import { ledgerMarks } from "./ledger-marks.ts";
import { metricName, valueName } from "./names.ts";
import { chartUnit } from "./pictures.ts";

/** Past shown for each step ahead, and at least. */
const PAST_PER_STEP = 3;
const PAST_MIN = 28;
const PAST_MAX = 120;

/** The fan: the recent past solid, what is to come dashed within its two bands, ledger entries as lines; a small one a series where split. */
export function forecastPicture(outlook: Outlook, asking: Asking, zone: string | null): ChartSpec {
  const { metric, series, question } = outlook;
  const common = {
    subtitle: echoOf({ ...question, metrics: [metric.id], period: null }, asking, zone).replace(/^[^:：]*[:：]\s*/, ""),
    unit: chartUnit(metric.unit),
    locale: asking.locale,
  };
  const name = metricName(asking.catalog, metric.id, asking.language);
  const [first] = series;
  if (series.length > 1 || !first)
    return {
      ...common,
      kind: "multiples",
      title: asking.say("forecast.chart.split", { metric: name, n: outlook.horizon, grain: outlook.grain }),
      note: asking.say("forecast.chart.dashed"),
      panels: series.map((own) => ({ name: valueName(own.of, asking), points: pointsOf(own, outlook, asking, false) })),
    };
  const points = pointsOf(first, outlook, asking, true);
  return {
    ...common,
    kind: "line",
    title: titleOf(first, outlook, name, asking),
    note: asking.say(first.ahead.some(({ band95 }) => band95) ? "forecast.chart.note" : "forecast.chart.dashed"),
    series: [{ name, role: "main", points }],
    marks: marksOf(outlook, first, points),
  };
}

function titleOf(series: ForecastSeries, outlook: Outlook, metric: string, asking: Asking): string {
  const value = said(upshot(series, outlook).point, outlook.metric, asking);
  const last = askedSteps(series, outlook.horizon).at(-1);
  return !outlook.metric.moment
    ? asking.say(addsUp(outlook.metric) ? "forecast.chart.total" : "forecast.mean", {
        metric,
        value,
        n: outlook.horizon,
        grain: outlook.grain,
      })
    : asking.say("forecast.chart.end", { metric, value, at: bucketName(last?.bucket ?? "", outlook, asking) });
}

function pointsOf(series: ForecastSeries, outlook: Outlook, asking: Asking, fan: boolean): LinePoint[] {
  const shown = Math.min(PAST_MAX, Math.max(PAST_MIN, PAST_PER_STEP * series.ahead.length));
  const past = series.past.slice(-shown);
  const joint = past.findLastIndex(({ value }) => value !== null);
  const label = (bucket: string): string => bucketName(bucket, outlook, asking);
  return [
    ...past.map(({ bucket, value }, index): LinePoint => {
      const point = { x: bucket, label: label(bucket), y: value };
      // The fan opens at the last value known.
      return fan && index === joint && index === past.length - 1 && value !== null
        ? { ...point, low: value, high: value, inner: { low: value, high: value } }
        : point;
    }),
    ...series.ahead.map(({ bucket, point, band80, band95 }): LinePoint => {
      const bands = fan && band80 && band95 ? { low: band95.low, high: band95.high, inner: band80 } : {};
      return { x: bucket, label: label(bucket), y: point, ...bands, provisional: true };
    }),
  ];
}

/** Ledger entries, and the calendar's days that change the forecast. */
function marksOf(outlook: Outlook, series: ForecastSeries, points: readonly LinePoint[]): ChartMark[] {
  const { ledger, zone, grain } = outlook;
  const calendar = series.occasions
    .filter(({ occasion }) => !occasion.planned)
    .map(
      ({ occasion: { name, kind, from, to } }): LedgerEntry => ({
        kind,
        title: name,
        startsAt: `${from}T00:00:00Z`,
        endsAt: `${to}T00:00:00Z`,
        markets: null,
        queues: null,
      }),
    );
  return ledgerMarks([...ledger, ...calendar], points, grain, zone);
}
