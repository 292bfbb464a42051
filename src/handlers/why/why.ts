import type { Pool } from "pg";
import type { Metric } from "../../catalog/catalog.ts";
import type { Finding, NextStep } from "../../chat/answer.ts";
import { formatDifference, formatMagnitude, formatValue } from "../../chat/format.ts";
import type { Decomposition, Effect } from "../../insights/drivers/decompose.ts";
import { mostTelling } from "../../insights/drivers/telling.ts";
import type { Question } from "../../kernel/question.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import { err, ok, type Result } from "../../kernel/result.ts";
import type { Measurement } from "../../queries/measure.ts";
import { type Asking, blankDraft, type Draft } from "../asking.ts";
import { caveatsOf } from "../caveats.ts";
import { echoOf } from "../echo.ts";
import { dataLineOf } from "../metric.ts";
import { dimensionWord, metricName, shownMetrics, valueName, windowName } from "../names.ts";
import { numbersOf } from "../rows.ts";
import { tableOf, viewOf } from "../table.ts";
import { type Explained, readSplits } from "./splits.ts";
import { type Ledger, suspects } from "./suspects.ts";

/** Segments named. */
const SEGMENTS_MAX = 4;

/**
 * Why a number moved: the change, split exactly into what happened inside the segments and between them, along the dimension that
 * concentrates it most. The first metric of the question is explained.
 */
export async function answerWhy(question: Question, asking: Asking, facts: Pool): Promise<Result<Draft, Refusal>> {
  const metric = shownMetrics(question, asking.catalog)[0];
  if (!metric) return err({ code: "not_available", params: { kind: "why" } });
  const asked = performance.now();
  const plain: Question = { ...question, kind: "metric", metrics: [metric.id], by: [], grain: "total" };
  const context = { catalog: asking.catalog, now: asking.now, zone: asking.zone };
  const whole = await asking.measure(plain, context);
  if (!whole.ok) return err(whole.error);
  const [explained, ledger] = await Promise.all([
    readSplits(plain, metric, asking),
    suspects(plain, asking, whole.value.zone, facts),
  ]);
  const queried = performance.now();
  const draft = wordsOf(plain, question, metric, whole.value, explained, ledger, asking);
  return ok({ ...draft, timing: { query: queried - asked, insight: performance.now() - queried } });
}

function wordsOf(
  plain: Question,
  question: Question,
  metric: Metric,
  whole: Measurement,
  explained: readonly Explained[],
  ledger: Ledger,
  asking: Asking,
): Draft {
  const { say, locale } = asking;
  const numbers = numbersOf(whole, plain, [metric], asking.catalog);
  const total = numbers.totals.get(metric.id);
  const compare = total?.compare;
  const best = mostTelling(explained);
  const split = best
    ? numbersOf(best.measurement, { ...plain, by: [best.dimension] }, [metric], asking.catalog).rows
    : [];
  const splitQuestion = best ? { ...plain, by: [best.dimension] } : plain;
  const period = plain.compare ? windowName(plain.compare, asking, whole.zone) : "";
  const name = metricName(asking.catalog, metric.id, asking.language);
  const change = compare?.difference ?? null;
  const headline =
    total?.value == null || compare?.value == null || change === null
      ? `${name}: ${say("no_data")}`
      : say(change > 0 ? "why.up" : change < 0 ? "why.down" : "why.flat", {
          metric: name,
          size: formatMagnitude(change, metric.unit, locale),
          before: formatValue(compare.value, metric.unit, locale),
          after: formatValue(total.value, metric.unit, locale),
          period,
        });
  const findings =
    change === null ? [] : [...findingsOf(best, metric, compare?.verdict ?? null, asking), ...ledger.findings];
  return {
    ...blankDraft(asking, question, "answered"),
    headline,
    echo: echoOf(plain, asking, whole.zone),
    body: findings.length > 0 ? [] : [say("why.unexplained")],
    findings,
    values: numbers.rows,
    table: tableOf(split.length > 0 ? split : numbers.rows, splitQuestion, [metric]),
    view: split.length > 0 ? viewOf(split, splitQuestion, [metric], asking) : null,
    caveats: caveatsOf(numbers, whole, plain, [metric], asking),
    next: nextOf(plain, best, asking),
    sql: [...whole.sql, ...(best?.measurement.sql ?? []), ...ledger.sql],
    dataThrough: whole.dataThrough,
    dataLine: dataLineOf(whole, asking),
  };
}

function findingsOf(best: Explained | undefined, metric: Metric, verdict: string | null, asking: Asking): Finding[] {
  const { say } = asking;
  const findings: Finding[] = [];
  if (verdict === "within_noise") findings.push({ code: "within_noise", text: say("why.noise") });
  if (!best) return findings;
  const { decomposition } = best;
  const dimension = dimensionWord(asking.catalog, best.dimension, asking.language);
  const difference = (value: number): string => formatDifference(value, metric.unit, asking.locale);
  const isRate = best.segments.some((segment) => segment.after.weight > 0);
  if (decomposition.simpson) findings.push({ code: "simpson", text: say("why.simpson", { dimension }) });
  findings.push(
    isRate
      ? {
          code: "rate_and_mix",
          text: say(splitKey(decomposition, verdict), {
            rate: difference(decomposition.rate),
            mix: difference(decomposition.mix),
            dimension,
          }),
        }
      : { code: "volume", text: say("why.volume", { dimension }) },
  );
  const named = decomposition.effects.slice(0, SEGMENTS_MAX);
  for (const effect of named)
    findings.push({ code: "segment", text: segmentText(effect, best, metric, dimension, asking) });
  const part = named.reduce((sum, effect) => sum + effect.total, 0);
  findings.push({
    code: "explains",
    text: say("why.explains", { n: named.length, part: difference(part), whole: difference(decomposition.change) }),
  });
  return findings;
}

/** "Mostly real" and "mostly mix" are said of a change that is more than noise. */
function splitKey({ rate, mix }: Decomposition, verdict: string | null): "why.rate" | "why.mix" | "why.parts" {
  if (verdict === "within_noise") return "why.parts";
  return Math.abs(rate) >= Math.abs(mix) ? "why.rate" : "why.mix";
}

function segmentText(effect: Effect, best: Explained, metric: Metric, dimension: string, asking: Asking): string {
  const segment = best.segments.find((one) => one.name === effect.name);
  const shown = (side: { hits: number; weight: number } | undefined): string => {
    if (!side) return "–";
    if (side.weight > 0) return formatValue(side.hits / side.weight, metric.unit, asking.locale);
    const isRate = best.segments.some((one) => one.after.weight > 0);
    return isRate ? "–" : formatValue(side.hits, metric.unit, asking.locale);
  };
  return asking.say("why.segment", {
    dimension,
    name: effect.name,
    effect: formatDifference(effect.total, metric.unit, asking.locale),
    before: shown(segment?.before),
    after: shown(segment?.after),
  });
}

function nextOf(plain: Question, best: Explained | undefined, asking: Asking): NextStep[] {
  const steps: NextStep[] = [];
  if (best) {
    steps.push({
      label: asking.say("next.by", { dimension: dimensionWord(asking.catalog, best.dimension, asking.language) }),
      question: { ...plain, by: [best.dimension] },
    });
    const top = best.decomposition.effects[0]?.name;
    const values = best.measurement.rows.map((row) => row.key[best.dimension]);
    const value = values.find((one) => valueName(one, asking) === top);
    if (typeof value === "string") {
      steps.push({
        label: asking.say("next.only", { value: valueName(value, asking) }),
        question: { ...plain, kind: "why", filters: { ...plain.filters, [best.dimension]: [value] } },
      });
    }
  }
  if (plain.period)
    steps.push({ label: asking.say("next.trend"), question: { ...plain, compare: null, grain: "day" } });
  return steps;
}
