import type { Metric } from "../catalog/catalog.ts";
import { formatBucket, formatValue } from "../chat/format.ts";
import { type Step, sumOfSteps } from "../insights/forecast/forecast-values.ts";
import type { LedgerEntry } from "../kernel/ledger.ts";
import type { Question } from "../kernel/question.ts";
import type { Asking } from "./asking.ts";
import type { ForecastGrain, ForecastSeries } from "./forecast-series.ts";

/** What one answer is about. */
export interface Outlook {
  readonly question: Question;
  readonly metric: Metric;
  readonly grain: ForecastGrain;
  readonly horizon: number;
  readonly series: readonly ForecastSeries[];
  readonly ledger: readonly LedgerEntry[];
  readonly zone: string;
}

/** The steps that were asked for: the last ones. */
export const askedSteps = (series: ForecastSeries, horizon: number): ForecastSeries["ahead"] =>
  series.ahead.slice(-horizon);

/** Counts and amounts add up over the steps; shares, times and what is open at a moment do not. */
export const addsUp = (metric: Metric): boolean =>
  !metric.moment &&
  (metric.unit === "count" || metric.unit === "usd" || metric.unit === "views") &&
  metric.type !== "ratio";

/** What the steps asked come to: the sum of counts and amounts, the last of what is open at a moment, the mean of shares and times. */
export function upshot(series: ForecastSeries, { metric, horizon }: Pick<Outlook, "metric" | "horizon">): Step {
  const steps = askedSteps(series, horizon);
  if (metric.moment) return steps.at(-1) as Step;
  const sum = sumOfSteps(steps, series.made.persistence);
  return addsUp(metric) ? sum : meanStep(sum, steps);
}

/** Within the range of what is possible at all, as the steps are. */
function meanStep({ point, band80, band95 }: Step, steps: readonly Step[]): Step {
  const n = steps.length;
  const floor = Math.min(...steps.map((step) => step.band95?.low ?? step.point));
  const ceiling = Math.max(...steps.map((step) => step.band95?.high ?? step.point));
  const band = (own: Step["band80"]): Step["band80"] =>
    own && { low: Math.max(floor, own.low / n), high: Math.min(ceiling, own.high / n) };
  return { point: point / n, band80: band(band80), band95: band(band95) };
}

/** Counts ahead are whole numbers; nobody expects 99.7 cases. */
export const said = (value: number, { unit }: Metric, { locale }: Asking): string =>
  formatValue(unit === "count" ? (value >= 10 ? Math.round(value) : Math.round(10 * value) / 10) : value, unit, locale);

export const bucketName = (bucket: string, { grain, zone }: Outlook, { locale }: Asking): string =>
  formatBucket(bucket, grain, locale, zone);
