import type { Metric } from "../../catalog/catalog.ts";
import type { Finding } from "../../chat/answer.ts";
import { formatDifference, formatValue } from "../../chat/format.ts";
import type { SqlRecord } from "../../kernel/measurement.ts";
import type { Period, Question } from "../../kernel/question.ts";
import type { Asking } from "../asking.ts";
import { metricName } from "../names.ts";
import { numbersOf } from "../rows.ts";

/** Weeks of which the same hours are taken as what was to be expected. */
const WEEKS = 4;
const WEEK_MS = 7 * 86_400_000;
/** The flows that fill and drain what is open, and the pace at which people drain it. */
const FLOWS = ["inflow", "outflow", "throughput"] as const;

/** What fills and what drains. */
const SIGNS: ReadonlyMap<string, number> = new Map([
  ["inflow", 1],
  ["outflow", -1],
]);

export interface Flows {
  readonly findings: readonly Finding[];
  /** What came in and, below zero, what went out. */
  readonly moves: readonly { readonly name: string; readonly effect: number }[];
  readonly sql: readonly SqlRecord[];
}
export const NO_FLOWS: Flows = { findings: [], moves: [], sql: [] };

interface Flow {
  readonly metric: Metric;
  readonly value: number;
  /** Hours behind a pace. */
  readonly denominator: number | null;
  readonly usual: number | null;
  readonly usualDenominator: number | null;
}

/**
 * Why what is open grew or shrank between two moments: what came in and what went out between them, and for what went out the hours and the
 * pace, each beside the mean of the same hours of the four weeks before.
 */
export async function flowFindings(question: Question, asking: Asking): Promise<Flows> {
  const { at } = question.options;
  const since = question.compare && "at" in question.compare ? question.compare.at : undefined;
  if (at === undefined || since === undefined) return NO_FLOWS;
  const sql: SqlRecord[] = [];
  const flows = await Promise.all(FLOWS.map((id) => readFlow(id, { from: since, to: at }, question, asking, sql)));
  const findings = flows.flatMap((flow) => (flow ? sentences(flow, asking) : []));
  const moves = flows.flatMap((flow) => {
    const sign = SIGNS.get(flow?.metric.id ?? "");
    return flow && sign
      ? [{ name: metricName(asking.catalog, flow.metric.id, asking.language), effect: sign * flow.value }]
      : [];
  });
  return { findings, moves, sql };
}

async function readFlow(
  id: string,
  period: Period,
  question: Question,
  asking: Asking,
  sql: SqlRecord[],
): Promise<Flow | null> {
  const metric = asking.catalog.metrics.get(id);
  if (!metric) return null;
  const read = async (weeks: number) => {
    const moved = { from: back(period.from, weeks), to: back(period.to, weeks) };
    const asked: Question = {
      ...question,
      kind: "metric",
      metrics: [id],
      period: moved,
      compare: null,
      options: {},
      by: [],
    };
    const measured = await asking.measure(asked, { catalog: asking.catalog, now: asking.now, zone: asking.zone });
    if (!measured.ok) return null;
    if (weeks === 0) sql.push(...measured.value.sql);
    const total = numbersOf(measured.value, asked, [metric], asking.catalog).totals.get(id);
    return total?.value == null ? null : { value: total.value, denominator: total.denominator };
  };
  const [own, ...past] = await Promise.all(Array.from({ length: WEEKS + 1 }, (_, weeks) => read(weeks)));
  if (!own) return null;
  const known = past.filter((one) => one !== null && one !== undefined);
  const mean = (pick: (one: { value: number; denominator: number | null }) => number): number | null =>
    known.length < WEEKS ? null : known.reduce((sum, one) => sum + pick(one), 0) / known.length;
  return {
    metric,
    ...own,
    usual: mean(({ value }) => value),
    usualDenominator: mean(({ denominator }) => denominator ?? 0),
  };
}

function sentences({ metric, value, denominator, usual, usualDenominator }: Flow, asking: Asking): Finding[] {
  const { say, locale } = asking;
  const said = (name: string, own: number, expected: number | null, unit: Metric["unit"]): Finding => ({
    code: "flow",
    text:
      expected === null
        ? say("why.flow.only", { name, value: formatValue(own, unit, locale) })
        : say("why.flow", {
            name,
            value: formatValue(own, unit, locale),
            usual: formatValue(expected, unit, locale),
            difference: formatDifference(own - expected, unit, locale),
          }),
  });
  const name = metricName(asking.catalog, metric.id, asking.language);
  const flow = said(name, value, usual, metric.unit);
  if (metric.unit !== "per_hour" || denominator === null) return [flow];
  return [said(say("why.flow.hours"), denominator, usualDenominator, "hours"), flow];
}

/** The same clock so many weeks earlier, as an instant. */
function back(instant: string, weeks: number): string {
  return weeks === 0 ? instant : `${new Date(Date.parse(instant) - weeks * WEEK_MS).toISOString().slice(0, 16)}+00:00`;
}
