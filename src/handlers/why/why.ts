import type { Pool } from "pg";
import type { Metric } from "../../catalog/catalog.ts";
import type { AnswerValue, Finding } from "../../chat/answer.ts";
import { formatMagnitude, formatValue } from "../../chat/format.ts";
import { mostTelling } from "../../insights/drivers/telling.ts";
import type { ChartSpec } from "../../kernel/chart-spec.ts";
import type { SqlRecord } from "../../kernel/measurement.ts";
import type { Question } from "../../kernel/question.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import { err, ok, type Result } from "../../kernel/result.ts";
import type { Measurement } from "../../queries/measure.ts";
import { type Asking, blankDraft, type Draft } from "../asking.ts";
import { caveatsOf } from "../caveats.ts";
import { echoOf } from "../echo.ts";
import { dataLineOf } from "../metric.ts";
import { metricName, shownMetrics, windowName } from "../names.ts";
import { numbersOf } from "../rows.ts";
import { tableOf, viewOf } from "../table.ts";
import { type Combined, readCombined } from "./combined.ts";
import { companions } from "./companions.ts";
import { type FactorEffects, factorEffects, factorFindings } from "./factors.ts";
import { type Flows, flowFindings, NO_FLOWS } from "./flows.ts";
import { nextOf } from "./next.ts";
import { whyPictures } from "./pictures.ts";
import { type QuantileSplit, quantileSplits } from "./quantile.ts";
import { quantileFindings, splitFindings } from "./say.ts";
import { type Explained, explainSplits, readSplits } from "./splits.ts";
import { suspects } from "./suspects.ts";

/** All that was found out about a change, before it is put into words. */
interface Found {
  readonly whole: Measurement;
  readonly best: Explained | undefined;
  readonly combined: Combined | null;
  readonly quantile: QuantileSplit | undefined;
  readonly factors: FactorEffects;
  readonly flows: Flows;
  /** Factors, flows, companions and the ledger, in this order, as sentences. */
  readonly beside: readonly Finding[];
  readonly sql: readonly SqlRecord[];
}

/**
 * Why a number moved: the change, split exactly into what happened inside the segments and between them, along the dimension that
 * tells most and for combined segments; of a quantile by re-weighting, of a product over its factors, of what is open over its flows. Then
 * what else moved, and what the change ledger has. The first metric of the question is explained.
 */
export async function answerWhy(question: Question, asking: Asking, facts: Pool): Promise<Result<Draft, Refusal>> {
  const metric = shownMetrics(question, asking.catalog)[0];
  if (!metric) return err({ code: "not_available", params: { kind: "why" } });
  const asked = performance.now();
  const plain: Question = { ...question, kind: "metric", metrics: [metric.id], by: [], grain: "total" };
  const found = await findOut(plain, metric, asking, facts);
  if (!found.ok) return found;
  const queried = performance.now();
  const draft = wordsOf(plain, question, metric, found.value, asking);
  return ok({ ...draft, timing: { query: queried - asked, insight: performance.now() - queried } });
}

async function findOut(plain: Question, metric: Metric, asking: Asking, facts: Pool): Promise<Result<Found, Refusal>> {
  const pass = readSplits(plain, metric, asking);
  const [whole, splits, flows, others, ledger] = await Promise.all([
    pass.whole,
    pass.splits,
    metric.moment && metric.unit === "count" ? flowFindings(plain, asking) : NO_FLOWS,
    companions(plain, metric, asking),
    pass.whole.then((read) => suspects(plain, asking, read.ok ? read.value.zone : null, facts)),
  ]);
  if (!whole.ok) return whole;
  const explained = metric.quantile === null ? explainSplits(splits, asking) : [];
  const best = mostTelling(explained);
  const combined = await readCombined(plain, explained, asking);
  const [quantile] = quantileSplits(splits, metric, asking);
  const factors = factorEffects(whole.value, asking);
  const shown = best?.measurement ?? quantile?.measurement;
  const sql = [...whole.value.sql, ...(shown?.sql ?? []), ...(combined?.sql ?? []), ...flows.sql, ...ledger.sql];
  return ok({
    whole: whole.value,
    best,
    combined,
    quantile,
    factors,
    flows,
    beside: [...factorFindings(factors, metric, asking), ...flows.findings, ...others, ...ledger.findings],
    sql: distinct(sql),
  });
}

/** A statement that answers for several is told once. */
const distinct = (records: readonly SqlRecord[]): SqlRecord[] => [
  ...new Map(records.map((record) => [JSON.stringify([record.text, record.params]), record])).values(),
];

function wordsOf(plain: Question, question: Question, metric: Metric, found: Found, asking: Asking): Draft {
  const { whole, best, combined, quantile } = found;
  const numbers = numbersOf(whole, plain, [metric], asking.catalog);
  const total = numbers.totals.get(metric.id);
  const compare = total?.compare ?? null;
  const change = compare?.difference ?? null;
  const isFlat = total !== undefined && looksFlat(total, metric, asking);
  const shown = best ?? quantile;
  const splitQuestion = shown ? { ...plain, by: [shown.dimension] } : plain;
  const split = shown ? numbersOf(shown.measurement, splitQuestion, [metric], asking.catalog).rows : [];
  const noise: Finding[] =
    compare?.verdict === "within_noise" ? [{ code: "within_noise", text: asking.say("why.noise") }] : [];
  const causes = [
    ...(best && !isFlat ? splitFindings(best, combined, metric, compare?.verdict ?? null, asking) : []),
    ...(quantile && !isFlat ? quantileFindings(quantile, metric, asking) : []),
  ];
  const findings = change === null ? [] : [...noise, ...causes, ...found.beside];
  return {
    ...blankDraft(asking, question, "answered"),
    headline: headlineOf(plain, metric, total ?? null, asking, whole.zone),
    echo: echoOf(plain, asking, whole.zone),
    body: causes.length > 0 || isFlat || change === null ? [] : [asking.say("why.unexplained")],
    findings,
    values: numbers.rows,
    table: tableOf(split.length > 0 ? split : numbers.rows, splitQuestion, [metric]),
    view: split.length > 0 ? viewOf(split, splitQuestion, [metric], asking) : null,
    charts: isFlat || question.options.form ? [] : picturesOf(plain, metric, total, found, asking),
    caveats: caveatsOf(numbers, whole, plain, [metric], asking),
    next: nextOf(plain, best, asking),
    sql: found.sql,
    dataThrough: whole.dataThrough,
    dataLine: dataLineOf(whole, asking),
  };
}

function picturesOf(
  plain: Question,
  metric: Metric,
  total: AnswerValue | undefined,
  found: Found,
  asking: Asking,
): ChartSpec[] {
  const [before, after] = [total?.compare?.value ?? null, total?.value ?? null];
  if (before === null || after === null) return [];
  const { moves } = found.flows;
  const isNoise = total?.compare?.verdict === "within_noise";
  return whyPictures(plain, metric, { ...found, before, after, isNoise, zone: found.whole.zone, moves }, asking);
}

function headlineOf(
  plain: Question,
  metric: Metric,
  total: AnswerValue | null,
  asking: Asking,
  zone: string | null,
): string {
  const { say, locale } = asking;
  const name = metricName(asking.catalog, metric.id, asking.language);
  const difference = total?.compare?.difference ?? null;
  if (total?.value == null || total.compare?.value == null || difference === null) return `${name}: ${say("no_data")}`;
  const isFlat = looksFlat(total, metric, asking);
  return say(isFlat ? "why.flat" : difference > 0 ? "why.up" : "why.down", {
    metric: name,
    size: formatMagnitude(difference, metric.unit, locale),
    before: formatValue(total.compare.value, metric.unit, locale),
    after: formatValue(total.value, metric.unit, locale),
    period: plain.compare ? windowName(plain.compare, asking, zone) : "",
  });
}

/** Nothing moved that could be seen in the numbers as they are written. */
function looksFlat({ value, compare }: AnswerValue, { unit }: Metric, { locale }: Asking): boolean {
  if (value === null || compare?.value == null) return false;
  return formatValue(value, unit, locale) === formatValue(compare.value, unit, locale);
}
