import type { Pool } from "pg";
import type { Metric } from "../catalog/catalog.ts";
import type { AnswerValue, Caveat, Finding } from "../chat/answer.ts";
import { formatCount, formatMagnitude, formatValue } from "../chat/format.ts";
import type { BackTest } from "../insights/forecast/forecast-values.ts";
import { limits } from "../kernel/limits.ts";
import { OTHER } from "../kernel/measurement.ts";
import type { Question } from "../kernel/question.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { err, ok, type Result } from "../kernel/result.ts";
import { readLedger } from "../queries/changes.ts";
import type { MeasuredRow, Measurement } from "../queries/measure.ts";
import { type Asking, blankDraft, type Draft } from "./asking.ts";
import { echoOf } from "./echo.ts";
import { forecastNext } from "./forecast-next.ts";
import { addsUp, askedSteps, bucketName, type Outlook, said, upshot } from "./forecast-outlook.ts";
import { forecastPicture } from "./forecast-picture.ts";
import {
  type ForecastGrain,
  type ForecastSeries,
  forecastSeries,
  historyDays,
  historyQuestion,
  type SeriesAsked,
} from "./forecast-series.ts";
import { forecastTable, forecastView } from "./forecast-table.ts";
import { dataLineOf } from "./metric.ts";
import { filtersName, metricName, shownMetrics, valueName } from "./names.ts";
import { zoneOfQuestion } from "./zone-of.ts";

const DAY_MS = 86_400_000;
const HORIZON_MAX = { hour: 336, day: 120, week: 52, month: 12 } as const;
const LEDGER_MAX = 300;

/** What will come: the first metric of the question, by the grain asked (days), as a whole or by one split. */
export async function answerForecast(question: Question, asking: Asking, facts: Pool): Promise<Result<Draft, Refusal>> {
  const metric = shownMetrics(question, asking.catalog)[0];
  if (!metric) return err({ code: "not_available", params: { kind: "forecast" } });
  const grain = grainOf(question, metric);
  const horizon = question.options.horizon ?? 14;
  const wrong = misfit(question, grain, horizon);
  if (wrong) return err(wrong);
  const asked = performance.now();
  const zone = zoneOfQuestion(question, asking);
  const past = historyQuestion(question, metric, grain, zone, asking.now);
  const measured = await measureOrLess(past, zone, asking);
  if (!measured.ok) return measured;
  const ledger = await readLedger(facts, {
    fromMs: asking.now - historyDays(metric, grain) * DAY_MS,
    toMs: asking.now + HORIZON_MAX.day * DAY_MS,
    markets: question.filters.market ?? [],
    queues: question.filters.queue ?? [],
    max: LEDGER_MAX,
  });
  if (!ledger.ok) return ledger;
  const queried = performance.now();
  const shared = { metric, grain, horizon, zone, now: asking.now, ledger: ledger.value.changes };
  const made = groupsOf(measured.value.rows, question).map(({ value, rows }) => ({
    value,
    outcome: forecastSeries(rows, value, { ...shared, ...scopeOf(question, value, asking) }),
  }));
  const series = made.flatMap(({ outcome }) => (outcome.kind === "made" ? [outcome.series] : []));
  if (series.length === 0) return err(tooShort(question, metric, made[0]?.outcome, grain));
  const outlook: Outlook = {
    question: { ...question, grain },
    metric,
    grain,
    horizon,
    series,
    ledger: shared.ledger,
    zone,
  };
  const short = made.flatMap(({ value, outcome }) => (outcome.kind === "short" ? [valueName(value, asking)] : []));
  const draft = draftOf(outlook, measured.value, short, asking);
  return ok({
    ...draft,
    sql: [...measured.value.sql, ledger.value.sql],
    timing: { query: queried - asked, insight: performance.now() - queried },
  });
}

/** A history that takes too long to read is read again, the recent quarter of it. */
async function measureOrLess(past: Question, zone: string, asking: Asking): ReturnType<Asking["measure"]> {
  const context = { catalog: asking.catalog, now: asking.now, zone };
  const measured = await asking.measure(past, context);
  if (measured.ok || measured.error.code !== "timeout" || !past.period) return measured;
  const length = asking.now - Date.parse(past.period.from);
  const from = new Date(asking.now - length / 4).toISOString().slice(0, 10);
  return asking.measure({ ...past, period: { ...past.period, from } }, context);
}

function grainOf(question: Question, metric: Metric): ForecastGrain {
  const { grain } = question;
  const wanted = grain === "hour" || grain === "week" || grain === "month" ? grain : "day";
  return metric.grains.includes(wanted) ? wanted : "day";
}

function misfit(question: Question, grain: ForecastGrain, horizon: number): Refusal | null {
  if (question.by.length > 1)
    return {
      code: "forecast_one_split",
      params: {},
      instead: question.by.map((dimension) => ({ ...question, by: [dimension] })),
    };
  const most = HORIZON_MAX[grain];
  if (horizon <= most) return null;
  const instead = [{ ...question, options: { ...question.options, horizon: most } }];
  return { code: "forecast_too_far", params: { most, grain }, instead };
}

function tooShort(
  question: Question,
  metric: Metric,
  outcome: ReturnType<typeof forecastSeries> | undefined,
  grain: ForecastGrain,
): Refusal {
  const { known, least } = outcome?.kind === "short" ? outcome : { known: 0, least: 14 };
  const wider: Question = { ...question, filters: {}, by: [] };
  const instead = Object.keys(question.filters).length > 0 ? [wider] : [];
  return { code: "forecast_short", params: { metric: metric.id, known, least, grain }, instead };
}

/** Rows by the value of the split, in the order in which the values come. */
function groupsOf(rows: readonly MeasuredRow[], { by }: Question) {
  const [dimension] = by;
  if (dimension === undefined) return [{ value: undefined, rows }];
  const groups = new Map<string | null, MeasuredRow[]>();
  for (const row of rows) {
    const value = (row.key[dimension] ?? null) as string | null;
    groups.set(value, [...(groups.get(value) ?? []), row]);
  }
  return [...groups].map(([value, own]) => ({ value, rows: own }));
}

function scopeOf(
  question: Question,
  value: string | null | undefined,
  { catalog }: Asking,
): Pick<SeriesAsked, "scope" | "country"> {
  const [dimension] = question.by;
  const of = (name: string): readonly string[] =>
    dimension === name && typeof value === "string" ? [value] : (question.filters[name] ?? []);
  const markets = of(catalog.zoned?.dimension ?? "market");
  return {
    scope: { markets, queues: of("queue") },
    country: markets.length === 1 ? (markets[0] ?? null) : null,
  };
}

function draftOf(outlook: Outlook, measurement: Measurement, short: readonly string[], asking: Asking): Draft {
  const { question, metric } = outlook;
  const asked: Question = { ...question, metrics: [metric.id], options: withoutLimit(question.options) };
  return {
    ...blankDraft(asking, question, "answered"),
    headline: headlineOf(outlook, asking),
    echo: echoOf({ ...asked, period: aheadPeriod(outlook) }, asking, measurement.zone),
    values: outlook.series.flatMap((series) => valuesOf(series, outlook)),
    table: forecastTable(outlook),
    view: forecastView(outlook, asking),
    charts: question.options.form ? [] : [forecastPicture(outlook, asking, measurement.zone)],
    findings: findingsOf(outlook, asking),
    caveats: caveatsOf(outlook, measurement, short, asking),
    next: forecastNext(outlook, asking),
    dataThrough: measurement.dataThrough,
    dataLine: dataLineOf(measurement, asking),
  };
}

const withoutLimit = ({ limit: _, order: __, ...options }: Question["options"]): Question["options"] => options;

function aheadPeriod({ series, horizon, grain }: Outlook): Question["period"] {
  const steps = series[0] ? askedSteps(series[0], horizon) : [];
  const [from, last] = [steps[0]?.bucket ?? "", steps.at(-1)?.bucket ?? ""];
  if (grain === "hour") return { from, to: new Date(Date.parse(last) + 3_600_000).toISOString() };
  const first = grain === "month" ? `${from}-01` : from;
  const end = new Date(`${grain === "month" ? `${last}-01` : last}T00:00Z`);
  if (grain === "month") end.setUTCMonth(end.getUTCMonth() + 1);
  else end.setUTCDate(end.getUTCDate() + (grain === "week" ? 7 : 1));
  return { from: first, to: end.toISOString().slice(0, 10) };
}

/** "Inflow · ID · product: about 1,240 over the next 14 days (80 %: 1,180 – 1,310) · highest 29 Mar 102". */
function headlineOf(outlook: Outlook, asking: Asking): string {
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

function findingsOf(outlook: Outlook, asking: Asking): Finding[] {
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

function caveatsOf(outlook: Outlook, measurement: Measurement, short: readonly string[], asking: Asking): Caveat[] {
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

function valuesOf(series: ForecastSeries, { question, metric, horizon }: Outlook): AnswerValue[] {
  const [dimension] = question.by;
  return askedSteps(series, horizon).map((step) => ({
    metric: metric.id,
    unit: metric.unit,
    key: { bucket: step.bucket, ...(dimension === undefined ? {} : { [dimension]: series.of ?? null }) },
    value: step.point,
    numerator: null,
    denominator: null,
    n: null,
    neff: null,
    low: step.band95?.low ?? null,
    high: step.band95?.high ?? null,
    level: step.band95 ? 0.95 : null,
    flags: [],
    extra: { low80: step.band80?.low ?? null, high80: step.band80?.high ?? null },
    compare: null,
  }));
}
