import type { Pool } from "pg";
import type { Metric } from "../catalog/catalog.ts";
import type { AnswerValue } from "../chat/answer.ts";
import type { Question } from "../kernel/question.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { err, ok, type Result } from "../kernel/result.ts";
import { readLedger } from "../queries/changes.ts";
import type { MeasuredRow, Measurement } from "../queries/measure.ts";
import { type Asking, blankDraft, type Draft } from "./asking.ts";
import { echoOf } from "./echo.ts";
import { forecastNext } from "./forecast-next.ts";
import { askedSteps, type Outlook } from "./forecast-outlook.ts";
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
import { caveatsOf, findingsOf, headlineOf } from "./forecast-words.ts";
import { dataLineOf } from "./metric.ts";
import { shownMetrics, valueName } from "./names.ts";
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
