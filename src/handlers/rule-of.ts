import type { Metric } from "../catalog/catalog.ts";
import type { EstimateRule } from "../insights/estimate/rule.ts";

/** The estimate rule of a metric, from what its catalog entry says about its measure and its interval. */
export function ruleOf(metric: Metric): EstimateRule {
  const measure = metric.definition;
  switch (measure.kind) {
    case "proportion":
      return { method: metric.interval.startsWith("Wilson") ? "wilson" : "plain" };
    case "weighted":
      return { method: metric.interval.startsWith("linearised") ? "linearised" : "weighted" };
    case "lifetimes":
      return { method: "kaplan_meier", quantile: metric.quantile ?? 0.5 };
    case "mean":
      return { method: "t" };
    case "pairs":
      return { method: "agreement" };
    case "parts":
      return partsRule(metric, measure.parts);
    case "count":
    case "sum":
    case "ratio":
    case "joined_ratio":
    case "open":
      return { method: "plain" };
    default:
      return measure satisfies never;
  }
}

/** A composed metric is told by the names of its parts. */
function partsRule(metric: Metric, parts: Readonly<Record<string, unknown>>): EstimateRule {
  if (metric.costSheet) return { method: "error_cost", unitCosts: metric.costSheet.unitCosts };
  if ("precision" in parts) return { method: "cost_per_correct_removal" };
  if ("labelled_approvals" in parts) {
    return { method: "identified", interval: metric.interval.startsWith("delta") ? "linearised" : "weighted" };
  }
  return { method: "blend" };
}
