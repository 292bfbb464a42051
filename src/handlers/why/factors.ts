import type { Metric } from "../../catalog/catalog.ts";
import type { Finding } from "../../chat/answer.ts";
import { formatDifference } from "../../chat/format.ts";
import { type Factor, lmdi } from "../../insights/drivers/lmdi.ts";
import { addStates } from "../../kernel/add-states.ts";
import type { MetricState } from "../../kernel/measurement.ts";
import type { MeasuredRow, Measurement } from "../../queries/measure.ts";
import type { Asking } from "../asking.ts";
import { firstWord, metricName } from "../names.ts";

/** What each factor of a product brings of its change, by the factor's name. */
export type FactorEffects = readonly { readonly name: string; readonly effect: number }[];

/** The change of a composed metric (a cost over what was removed rightly) split exactly over its factors; none where it is no product. */
export function factorEffects(whole: Measurement, asking: Asking): FactorEffects {
  const [before, after] = [stateOf(whole.compare ?? []), stateOf(whole.rows)];
  if (before?.kind !== "parts" || after?.kind !== "parts") return [];
  const factors = factorsOf(before.parts, after.parts);
  const split = factors && lmdi(factors);
  return [...(split?.effects ?? [])].map(([name, effect]) => ({ name: partName(name, asking), effect }));
}

export function factorFindings(effects: FactorEffects, metric: Metric, asking: Asking): Finding[] {
  if (effects.length === 0) return [];
  const parts = effects.map(({ name, effect }) => `${name} ${formatDifference(effect, metric.unit, asking.locale)}`);
  return [{ code: "factors", text: asking.say("why.factors", { parts: parts.join(" · ") }) }];
}

type Parts = Readonly<Record<string, MetricState>>;

/** cost ÷ removals ÷ precision; null for any other composition. */
function factorsOf(before: Parts, after: Parts): Factor[] | null {
  if (!("precision" in before && "removals" in before && "cost" in before)) return null;
  const factor = (name: string, power: 1 | -1): Factor => ({
    name,
    before: levelOf(before[name]),
    after: levelOf(after[name]),
    power,
  });
  return [factor("cost", 1), factor("removals", -1), factor("precision", -1)];
}

function levelOf(state: MetricState | undefined): number {
  switch (state?.kind) {
    case "count":
      return state.n;
    case "sum":
      return state.sum;
    case "weighted":
      return state.sw > 0 ? state.swy / state.sw : 0;
    default:
      return 0;
  }
}

function stateOf(rows: readonly MeasuredRow[]): MetricState | null {
  const states = rows.filter(({ flags }) => !flags.includes("no_data")).map(({ state }) => state);
  return states.length === 0 ? null : states.slice(1).reduce(addStates, states[0] as MetricState);
}

/** A part is called as the metric of its name is. */
function partName(name: string, asking: Asking): string {
  const label = firstWord(asking.catalog.metrics.get(name)?.label, asking.language);
  return label ? metricName(asking.catalog, name, asking.language) : name;
}
