import type { Pool } from "pg";
import type { Metric } from "../catalog/catalog.ts";
import type { Finding, NextStep } from "../chat/answer.ts";
import { formatDifference, formatInstant, formatMagnitude, formatValue } from "../chat/format.ts";
import {
  concentration,
  type Decomposition,
  decomposeCount,
  decomposeRate,
  type Effect,
  type Segment,
} from "../insights/drivers/decompose.ts";
import { limits } from "../kernel/limits.ts";
import type { MetricState, SqlRecord } from "../kernel/measurement.ts";
import type { Question } from "../kernel/question.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { err, ok, type Result } from "../kernel/result.ts";
import { readChanges } from "../queries/changes.ts";
import type { Measurement } from "../queries/measure.ts";
import { type Asking, blankDraft, type Draft } from "./asking.ts";
import { caveatsOf } from "./caveats.ts";
import { echoOf } from "./echo.ts";
import { dataLineOf } from "./metric.ts";
import { dimensionWord, metricName, shownMetrics, valueName, windowName } from "./names.ts";
import { numbersOf } from "./rows.ts";
import { tableOf, viewOf } from "./table.ts";

/** Segments named, splits tried. */
const SEGMENTS_MAX = 4;
const SPLITS_MAX = 9;
const SUSPECTS_MAX = 3;

/** What one split says about the change. */
interface Explained {
  readonly dimension: string;
  readonly decomposition: Decomposition;
  readonly measurement: Measurement;
  readonly segments: readonly Segment[];
}

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
  const dimensions = openDimensions(plain, metric, asking);
  const splits = await Promise.all(
    dimensions.map((dimension) => asking.measure({ ...plain, by: [dimension] }, context)),
  );
  const ledger = await suspects(plain, asking, whole.value.zone, facts);
  const queried = performance.now();
  const explained = splits.flatMap((split, index): Explained[] => {
    const dimension = dimensions[index];
    if (!split.ok || dimension === undefined) return [];
    const made = explain(split.value, dimension, asking);
    return made ? [made] : [];
  });
  const draft = wordsOf(plain, question, metric, whole.value, explained, ledger, asking);
  return ok({ ...draft, timing: { query: queried - asked, insight: performance.now() - queried } });
}

/** Entries of the change ledger that began within either period or between them: suspects by their timing. */
async function suspects(question: Question, asking: Asking, zone: string | null, facts: Pool): Promise<Ledger> {
  const ends = [question.period, question.compare].flatMap((window) =>
    window && "from" in window ? [window.from, window.to] : [],
  );
  if (ends.length === 0) return { findings: [], sql: [] };
  const instants = ends.map((end) => Date.parse(end.includes("T") ? end : `${end}T00:00Z`));
  const read = await readChanges(facts, {
    fromMs: Math.min(...instants),
    toMs: Math.max(...instants),
    markets: question.filters.market ?? [],
    queues: question.filters.queue ?? [],
    max: SUSPECTS_MAX,
  });
  if (!read.ok) return { findings: [], sql: [] };
  const findings = read.value.changes.map(({ title, startsAt }) => ({
    code: "ledger",
    text: asking.say("why.changes", { title, at: formatInstant(startsAt, asking.locale, zone ?? asking.zone) }),
  }));
  return { findings, sql: [read.value.sql] };
}

interface Ledger {
  readonly findings: readonly Finding[];
  readonly sql: readonly SqlRecord[];
}

/** Splits with more than one value left; those that a filter pins down explain nothing. */
function openDimensions(question: Question, metric: Metric, asking: Asking): string[] {
  return metric.dimensions
    .filter((id) => question.filters[id]?.length !== 1 && !asking.catalog.dimensions.get(id)?.private)
    .slice(0, SPLITS_MAX);
}

function explain(measurement: Measurement, dimension: string, asking: Asking): Explained | null {
  if (measurement.compare === null) return null;
  const segments = segmentsOf(measurement, dimension, asking);
  if (segments.length < 2) return null;
  const isRate = segments.some((segment) => segment.before.weight > 0 || segment.after.weight > 0);
  const decomposition = isRate ? decomposeRate(segments) : decomposeCount(segments);
  return decomposition && { dimension, decomposition, measurement, segments };
}

/** Both periods by segment; segments too small to be named go together as "other", so that the parts still add up. */
function segmentsOf(measurement: Measurement, dimension: string, asking: Asking): Segment[] {
  const sides = new Map<string, { before: Side; after: Side }>();
  for (const [when, rows] of [
    ["after", measurement.rows],
    ["before", measurement.compare ?? []],
  ] as const) {
    for (const row of rows) {
      const side = row.flags.includes("no_data") ? nothing : sideOf(row.state);
      if (side === null) return [];
      const name = valueName(row.key[dimension], asking);
      const known = sides.get(name) ?? { before: nothing, after: nothing };
      sides.set(name, { ...known, [when]: side });
    }
  }
  const segments = [...sides].map(([name, both]) => ({ name, ...both }));
  const small = segments.filter((segment) => Math.max(segment.before.n, segment.after.n) < limits.cellMin);
  if (small.length === 0) return segments;
  const rest = small.reduce((all, one) => ({ before: add(all.before, one.before), after: add(all.after, one.after) }), {
    before: nothing,
    after: nothing,
  });
  return [...segments.filter((segment) => !small.includes(segment)), { name: asking.say("other"), ...rest }];
}

interface Side {
  readonly hits: number;
  readonly weight: number;
  readonly n: number;
}
const nothing: Side = { hits: 0, weight: 0, n: 0 };
const add = (a: Side, b: Side): Side => ({ hits: a.hits + b.hits, weight: a.weight + b.weight, n: a.n + b.n });

/** Hits and weight of states that are a count or a ratio of sums; null for those that are not (quantiles, extremes, compositions). */
function sideOf(state: MetricState): Side | null {
  switch (state.kind) {
    case "count":
      return { hits: state.n, weight: 0, n: state.n };
    case "sum":
      return { hits: state.sum, weight: 0, n: state.n };
    case "proportion":
      return { hits: state.x, weight: state.n, n: state.n };
    case "ratio":
      return { hits: state.numerator, weight: state.denominator, n: state.n };
    case "mean":
      return { hits: state.sum, weight: state.n, n: state.n };
    case "weighted":
      return { hits: state.swy, weight: state.sw, n: state.n };
    case "agreement":
      return { hits: state.agreed, weight: state.items, n: state.items };
    case "lifetimes":
    case "max":
    case "parts":
      return null;
    default:
      return state satisfies never;
  }
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

/** A shift between segments explains a change when it carries at least this share of it. */
const MIX_ENOUGH = 0.6;

/**
 * The split worth telling. A pure shift of mix along one dimension looks like a change of rate along every other, so a split whose mix carries
 * most of the change comes first, the fullest of them; where none does, the one that concentrates the change.
 */
function mostTelling(explained: readonly Explained[]): Explained | undefined {
  const mixShare = ({ decomposition: { mix, change } }: Explained): number => (change === 0 ? 0 : mix / change);
  // More than all of it says as little as less: 1 is the best.
  const farFromAll = (one: Explained): number => Math.abs(1 - mixShare(one));
  const byMix = explained.filter((one) => mixShare(one) >= MIX_ENOUGH && farFromAll(one) <= 1 - MIX_ENOUGH);
  if (byMix.length > 0) return [...byMix].sort((a, b) => farFromAll(a) - farFromAll(b))[0];
  return [...explained].sort((a, b) => concentration(b.decomposition) - concentration(a.decomposition))[0];
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
