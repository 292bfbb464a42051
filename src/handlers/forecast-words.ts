import type { Metric } from "../catalog/catalog.ts";
import type { Caveat, Finding } from "../chat/answer.ts";
import { formatCount, formatMagnitude, formatValue } from "../chat/format.ts";
import type { BackTest } from "../insights/forecast/forecast-values.ts";
import { limits } from "../kernel/limits.ts";
import { OTHER } from "../kernel/measurement.ts";
import type { Measurement } from "../queries/measure.ts";
import type { Asking } from "./asking.ts";
import { addsUp, askedSteps, bucketName, type Outlook, said, upshot } from "./forecast-outlook.ts";
import type { ForecastGrain, ForecastSeries } from "./forecast-series.ts";
import { filtersName, metricName, valueName } from "./names.ts";

const DAY_MS = 86_400_000;

/** "Inflow · ID · product: about 1,240 over the next 14 days (80 %: 1,180 – 1,310) · highest 29 Mar 102". */
export function headlineOf(outlook: Outlook, asking: Asking): string {
  const { metric, series, horizon, grain, question } = outlook;
  const name = [metricName(asking.catalog, metric.id, asking.language), filtersName(question, asking)]
    .filter((part) => part !== "")
    .join(" · ");
  const [only] = series;
  if (series.length > 1 || !only) return splitHeadline(outlook, name, asking);
  const { point, band80 } = upshot(only, outlook);
  const range = band80 ? ` (80 %: ${said(band80.low, metric, asking)} – ${said(band80.high, metric, asking)})` : "";
  const value = `${said(point, metric, asking)}${range}`;
  const text = asking.say(upshotKey(metric), { metric: name, value, n: horizon, grain });
  if (horizon < 3) return text;
  const top = askedSteps(only, horizon).reduce((most, step) => (step.point > most.point ? step : most));
  const highest = { name: bucketName(top.bucket, outlook, asking), value: said(top.point, metric, asking) };
  return `${text} · ${asking.say("highest", highest)}`;
}

const upshotKey = (metric: Metric): "forecast.total" | "forecast.end" | "forecast.mean" =>
  metric.moment ? "forecast.end" : addsUp(metric) ? "forecast.total" : "forecast.mean";

/** The whole where the parts add up, else what the parts are called; then the extremes. */
function splitHeadline(outlook: Outlook, name: string, asking: Asking): string {
  const { metric, series, horizon, grain } = outlook;
  const made = series.map((own) => ({
    name: valueName(own.of, asking),
    of: own.of,
    point: upshot(own, outlook).point,
  }));
  const named = made.filter(({ of }) => of !== OTHER).sort((a, b) => a.point - b.point);
  const part = (own: (typeof made)[number] | undefined) => ({
    name: own?.name ?? "",
    value: said(own?.point ?? 0, metric, asking),
  });
  const head = addsUp(metric)
    ? asking.say("forecast.total", {
        metric: name,
        value: said(
          made.reduce((sum, { point }) => sum + point, 0),
          metric,
          asking,
        ),
        n: horizon,
        grain,
      })
    : asking.say("forecast.chart.split", { metric: name, n: horizon, grain });
  return [head, asking.say("highest", part(named.at(-1))), asking.say("lowest", part(named[0]))].join(" · ");
}

export function findingsOf(outlook: Outlook, asking: Asking): Finding[] {
  const { series, metric, horizon } = outlook;
  const findings: Finding[] = [];
  for (const own of series) {
    const prefix = own.of === undefined ? "" : `${valueName(own.of, asking)}: `;
    if (series.length === 1) findings.push(...movedText(own, outlook, asking));
    for (const { occasion, factor } of own.occasions)
      findings.push({
        code: "occasion",
        text: `${prefix}${asking.say(factor > 1 ? "forecast.more" : "forecast.less", {
          name: occasion.name,
          at: bucketName(occasion.from, outlook, asking),
          share: percent(Math.abs(factor - 1), asking),
        })}`,
      });
  }
  const test = backTestText(series, metric, outlook, asking);
  if (test) findings.push({ code: "backtest", text: test });
  if (horizon > 0 && series.some((own) => own.made.backTest === null))
    findings.push({ code: "not_rehearsed", text: asking.say("forecast.not_rehearsed") });
  return findings;
}

const percent = (share: number, { locale }: Asking): string =>
  share < 0.01 ? formatValue(share, "share", locale) : `${formatCount(Math.round(100 * share), locale)}\u00a0%`;

/** The steps asked beside as many before them. */
function movedText(series: ForecastSeries, outlook: Outlook, asking: Asking): Finding[] {
  const { metric, horizon, grain } = outlook;
  const before = series.past.slice(-horizon).map(({ value }) => value);
  if (before.length < horizon || before.some((value) => value === null)) return [];
  const mean = (values: readonly (number | null)[]): number =>
    values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / values.length;
  const [was, will] = [mean(before), mean(askedSteps(series, horizon).map(({ point }) => point))];
  if (was === 0) return [];
  const size =
    metric.unit === "share"
      ? formatMagnitude(will - was, metric.unit, asking.locale)
      : percent(Math.abs(will / was - 1), asking);
  const key = Math.abs(will / was - 1) < 0.005 ? "forecast.same" : will > was ? "forecast.up" : "forecast.down";
  return [{ code: "moved", text: asking.say(key, { size, n: horizon, grain }) }];
}

/** "In the last 8 weeks off by 7 % at the median, seasonal naive 11 %." */
function backTestText(
  series: readonly ForecastSeries[],
  metric: Metric,
  { grain }: Outlook,
  asking: Asking,
): string | null {
  const tests = series.flatMap(({ made }) => made.backTest ?? []);
  const [first] = tests;
  if (!first) return null;
  const isRelative =
    metric.unit !== "share" &&
    tests.every((test) => test.median.relative !== null) &&
    !(metric.unit === "count" && series.some(isSparse));
  const middle = (read: (test: BackTest) => { absolute: number; relative: number | null }): number => {
    const sizes = tests
      .map((test) => (isRelative ? (read(test).relative ?? 0) : read(test).absolute))
      .sort((a, b) => a - b);
    return sizes[sizes.length >> 1] ?? 0;
  };
  const write = (size: number): string =>
    isRelative ? percent(size, asking) : formatMagnitude(size, metric.unit, asking.locale);
  return asking.say("forecast.backtest", {
    ...spanOf(first.windows * first.steps, grain),
    ours: write(middle((test) => test.median)),
    naive: write(middle((test) => test.seasonalNaiveMedian)),
  });
}

/** Of counts so small that one case is several percent. */
function isSparse({ past }: ForecastSeries): boolean {
  const sizes = past.flatMap(({ value }) => (value === null ? [] : [value])).sort((a, b) => a - b);
  return (sizes[sizes.length >> 1] ?? 0) < 20;
}

/** In the largest unit that divides it: 56 days are 8 weeks. */
function spanOf(n: number, grain: ForecastGrain): { n: number; grain: ForecastGrain } {
  if (grain === "day" && n % 7 === 0) return { n: n / 7, grain: "week" };
  return grain === "hour" && n % 24 === 0 ? { n: n / 24, grain: "day" } : { n, grain };
}

export function caveatsOf(
  outlook: Outlook,
  measurement: Measurement,
  short: readonly string[],
  asking: Asking,
): Caveat[] {
  const { metric, series, horizon } = outlook;
  const caveats: Caveat[] = [];
  const last = series[0]?.past.at(-1)?.bucket ?? "";
  if (metric.maturityDays !== null || metric.labelsNeeded !== null)
    caveats.push({
      code: "mature_only",
      text: asking.say("forecast.mature", {
        metric: metricName(asking.catalog, metric.id, asking.language),
        at: bucketName(last, outlook, asking),
      }),
    });
  else if ((series[0]?.ahead.length ?? 0) > horizon + 1)
    caveats.push({ code: "late", text: asking.say("forecast.late", { at: bucketName(last, outlook, asking) }) });
  if (short.length > 0)
    caveats.push({
      code: "short",
      text: asking.say("forecast.left_out", { names: short.slice(0, SHOWN_MAX).join(", ") }),
    });
  if (series.some(({ past }) => past.slice(-60).some(({ value }) => value === null)))
    caveats.push({ code: "gaps", text: asking.say("forecast.gaps") });
  for (const { source, completeThrough } of measurement.watermarks)
    if (asking.now - Date.parse(completeThrough) >= DAY_MS)
      caveats.push({
        code: "late",
        text: asking.say("caveat.late", {
          source,
          hours: Math.floor((asking.now - Date.parse(completeThrough)) / 3_600_000),
        }),
      });
  return caveats;
}
const SHOWN_MAX = limits.nearestMax;
