import type { Metric } from "../catalog/catalog.ts";
import type { AnswerValue, Caveat } from "../chat/answer.ts";
import { formatBucket, formatInstant, formatValue } from "../chat/format.ts";
import type { MessageKey, MessageValues } from "../chat/messages.ts";
import { limits } from "../kernel/limits.ts";
import type { Flag } from "../kernel/measurement.ts";
import type { Question } from "../kernel/question.ts";
import type { Measurement } from "../queries/measure.ts";
import type { Asking } from "./asking.ts";
import { metricName } from "./names.ts";
import type { Numbers } from "./rows.ts";

const LATE_AFTER_HOURS = 3;
const MS_PER_HOUR = 3_600_000;

/** What was done about each known trap, one plain line each, most important first. */
export function caveatsOf(
  numbers: Numbers,
  measurement: Measurement,
  question: Question,
  metrics: readonly Metric[],
  asking: Asking,
): Caveat[] {
  const caveats: Caveat[] = [];
  const add = (code: string, key: MessageKey, values?: MessageValues): void => {
    caveats.push({ code, text: asking.say(key, values) });
  };
  const flagged = (flag: Flag, metric?: Metric): number =>
    numbers.rows.filter((row) => row.flags.includes(flag) && (!metric || row.metric === metric.id)).length;
  const through = measurement.dataThrough
    ? formatInstant(measurement.dataThrough, asking.locale, measurement.zone ?? asking.zone)
    : "–";

  if (numbers.rows.length > 0 && numbers.rows.every((row) => row.flags.includes("no_data"))) {
    const nothing = metrics.every((metric) => metric.moment) ? "caveat.nothing_open" : "caveat.no_data";
    add("no_data", isFuture(question, asking.now) ? "caveat.future" : nothing);
  }
  for (const metric of metrics) {
    const immature = flagged("immature", metric);
    if (immature === 0) continue;
    const name = metricName(asking.catalog, metric.id, asking.language);
    if (metric.maturityDays !== null)
      add("immature", "caveat.immature", { n: immature, metric: name, days: metric.maturityDays });
    else add("immature", "caveat.labels", { n: immature });
    const expected = nowcastText(numbers, metric, question, asking);
    if (expected) caveats.push({ code: "nowcast", text: expected });
  }
  if (flagged("partial") > 0) add("partial", "caveat.partial", { n: flagged("partial"), at: through });
  if (
    numbers.rows.some((row) => row.compare && row.flags.includes("immature") !== row.compare.flags.includes("immature"))
  ) {
    add("compare_immature", "caveat.compare_immature");
  }
  if (flagged("suppressed") > 0)
    add("suppressed", "caveat.suppressed", { n: flagged("suppressed"), k: limits.cellMin });
  if (flagged("few") > 0) add("few", "caveat.few", { n: flagged("few") });
  for (const metric of metrics) caveats.push(...methodCaveats(metric, numbers.totals.get(metric.id), asking));
  const at = question.options.at;
  if (at && measurement.dataThrough && Date.parse(at) > Date.parse(measurement.dataThrough)) {
    add("moment_capped", "caveat.moment_capped", { at: through });
  }
  for (const { source, completeThrough } of measurement.watermarks) {
    const hours = Math.floor((asking.now - Date.parse(completeThrough)) / MS_PER_HOUR);
    if (hours >= LATE_AFTER_HOURS) add("late", "caveat.late", { source, hours });
  }
  return caveats;
}

/** What the newest bucket of a series, or else the whole, will read once it is final; null where nothing can be said. */
function nowcastText(numbers: Numbers, metric: Metric, question: Question, asking: Asking): string | null {
  const isSeries = question.by.length === 0 && question.grain !== "total";
  const newest = isSeries
    ? numbers.rows.findLast(({ metric: id, extra }) => id === metric.id && extra?.nowcast != null)
    : numbers.totals.get(metric.id);
  const { nowcast, nowcast_low: low, nowcast_high: high } = newest?.extra ?? {};
  if (!newest || nowcast == null || low == null || high == null) return null;
  const said = (value: number | null): string => formatValue(value, newest.unit, asking.locale);
  const name = metricName(asking.catalog, metric.id, asking.language);
  return asking.say("caveat.nowcast", {
    name: isSeries
      ? `${name}, ${formatBucket(newest.key?.bucket ?? "", question.grain, asking.locale, asking.zone)}`
      : name,
    value: said(newest.value),
    nowcast: said(nowcast),
    low: said(low),
    high: said(high),
  });
}

function methodCaveats(metric: Metric, total: AnswerValue | undefined, asking: Asking): Caveat[] {
  const caveats: Caveat[] = [];
  if (!total || total.value === null) {
    if (metric.id === "recall" || metric.id === "leakage") {
      return total?.flags.includes("no_data")
        ? [
            {
              code: "not_identifiable",
              text: asking.say("caveat.not_identifiable", {
                metric: metricName(asking.catalog, metric.id, asking.language),
              }),
            },
          ]
        : [];
    }
    return caveats;
  }
  const unweighted = total.extra?.unweighted;
  if (unweighted != null) {
    caveats.push({
      code: "weighted",
      text: asking.say("caveat.weighted", { unweighted: formatValue(unweighted, total.unit, asking.locale) }),
    });
  }
  if (metric.definition.kind === "pairs") caveats.push(...kappaCaveat(total, asking));
  if (metric.definition.kind === "lifetimes") caveats.push({ code: "censored", text: asking.say("caveat.censored") });
  if (metric.id === "sla") caveats.push({ code: "due_cases", text: asking.say("caveat.sla") });
  if (metric.costSheet)
    caveats.push({ code: "cost_sheet", text: asking.say("caveat.cost_sheet", { sheet: sheetText(metric) }) });
  return caveats;
}

/** One class this common makes κ low whatever the auditors do (Feinstein & Cicchetti 1990). */
const PREVALENT = 0.8;

function kappaCaveat(total: AnswerValue, asking: Asking): Caveat[] {
  const { kappa, ac1, largest_class: largest } = total.extra ?? {};
  if (kappa == null || ac1 == null) return [];
  const two = (value: number): string => value.toFixed(2);
  const prevalent = largest != null && largest > PREVALENT;
  const values = { kappa: two(kappa), ac1: two(ac1), share: formatValue(largest ?? null, "share", asking.locale) };
  return [{ code: "kappa", text: asking.say(prevalent ? "caveat.kappa_prevalence" : "caveat.kappa", values) }];
}

function sheetText(metric: Metric): string {
  const sheet = metric.costSheet;
  if (!sheet) return "";
  const prices = Object.entries(sheet.unitCosts).map(
    ([value, cost]) => `${value} $${cost.wrongRemoval} / $${cost.wrongApproval}`,
  );
  return `${prices.join(", ")} (${sheet.owner}, ${sheet.date})`;
}

function isFuture(question: Question, now: number): boolean {
  const from = question.period?.from;
  return from !== undefined && Date.parse(from.includes("T") ? from : `${from}T00:00Z`) > now;
}
