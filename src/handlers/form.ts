import type { MessageKey } from "../chat/messages.ts";
import type { FormModel } from "../chat/port.ts";
import type { Asking } from "./asking.ts";
import { groupName } from "./listing.ts";
import { dimensionName, metricName } from "./names.ts";

/** Periods that the form offers: words that every reader understands, with their label. */
const PERIODS: readonly (readonly [string, MessageKey])[] = [
  ["today", "period.today"],
  ["yesterday", "period.yesterday"],
  ["last 7 days", "period.last7"],
  ["last 14 days", "period.last14"],
  ["last 30 days", "period.last30"],
  ["last week", "period.lastweek"],
  ["this month", "period.thismonth"],
  ["last month", "period.lastmonth"],
];

/** What people who do not like to type choose from. */
export function formModel(asking: Pick<Asking, "catalog" | "language" | "say">): FormModel {
  const { catalog, language, say } = asking;
  return {
    metrics: [...catalog.metrics.values()].map((metric) => ({
      id: metric.id,
      label: metricName(catalog, metric.id, language),
      group: groupName(metric.group, asking),
    })),
    dimensions: [...catalog.dimensions.values()]
      .filter((dimension) => !dimension.private)
      .map((dimension) => ({
        id: dimension.id,
        label: dimensionName(catalog, dimension.id, language),
        values: dimension.values.map((value) => ({ id: value.id, label: value.id.replaceAll("_", " ") })),
      })),
    periods: PERIODS.map(([words, label]) => ({ words, label: say(label) })),
  };
}
