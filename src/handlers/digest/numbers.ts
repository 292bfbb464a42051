import type { Metric } from "../../catalog/catalog.ts";
import { formatCount, formatPeriod, formatValue } from "../../chat/format.ts";
import type { Deviation } from "../../kernel/deviation.ts";
import { limits } from "../../kernel/limits.ts";
import { blank, type Period, type Question } from "../../kernel/question.ts";
import { lastPosted, type PostedNumber } from "../../queries/state/posted-numbers.ts";
import type { Asking } from "../asking.ts";
import { metricName } from "../names.ts";
import type { BotParts } from "../parts.ts";
import { numbersOf } from "../rows.ts";
import { shiftDay } from "../scan/days.ts";
import { segmentName } from "./finding-words.ts";

/** Yesterday's headline numbers of the whole (or of the digest's filters), as far as they are known and final. */
export async function headlineNumbers(
  asking: Asking,
  day: string,
  filters: Question["filters"],
): Promise<PostedNumber[]> {
  const metrics = [...asking.catalog.metrics.values()].filter((metric) => metric.scan?.headline);
  const period = { from: day, to: shiftDay(day, 1) };
  const read = await Promise.all(metrics.map((metric) => numberOf(asking, metric, filters, period)));
  return read.flatMap((value, index) => {
    const metric = metrics[index];
    if (!value || !metric) return [];
    const segment = JSON.stringify(filters);
    return [{ metric: metric.id, segment, period, zone: asking.zone, toldOn: shiftDay(day, 1), ...value }];
  });
}

/** The numbers of findings as their questions give them, so that they can be read again. */
export async function toldNumbers(asking: Asking, of: readonly Deviation[], day: string): Promise<PostedNumber[]> {
  const told: PostedNumber[] = [];
  for (const { metric: id, segment, period } of of) {
    const metric = asking.catalog.metrics.get(id);
    const value = metric && (await numberOf(asking, metric, segment, period));
    if (value)
      told.push({ metric: id, segment: JSON.stringify(segment), period, zone: asking.zone, toldOn: day, ...value });
  }
  return told;
}

/** "Inflow 612 · SLA hit rate 96.1 % · Overturn rate 33.3 % (n = 24)": the cases are told where they are few. */
export const numbersLine = (numbers: readonly PostedNumber[], asking: Asking): string =>
  numbers
    .map(
      (number) =>
        `${metricName(asking.catalog, number.metric, asking.language)} ${said(number, number.value, asking)}${fewOf(number, asking)}`,
    )
    .join(" · ");

const fewOf = ({ n }: PostedNumber, asking: Asking): string =>
  n !== null && n < limits.fewBelow ? ` (${asking.say("n", { n: formatCount(n, asking.locale) })})` : "";

/** A number that was told before and reads differently now. */
export interface Restated {
  readonly told: PostedNumber;
  readonly now: number;
  readonly n: number | null;
  /** The table whose late rows moved it. */
  readonly source: string;
}

/**
 * Numbers that this digest told earlier and that have moved since by at least a fifth of what is news for their metric, the largest first. A
 * number that cannot be read now is left alone; one that was owned up to is held to its new value.
 */
export async function restatements(
  asking: Asking,
  writer: BotParts["writer"],
  filters: Question["filters"],
  day: string,
): Promise<readonly Restated[]> {
  const since = shiftDay(day, -limits.restateDays);
  const told = await lastPosted(writer, { filters, zone: asking.zone, since, before: day });
  const moved: (Restated & { readonly size: number })[] = [];
  for (const one of told) {
    const metric = asking.catalog.metrics.get(one.metric);
    if (!metric?.scan) continue;
    const now = await numberOf(asking, metric, JSON.parse(one.segment) as Question["filters"], one.period);
    if (!now) continue;
    const change =
      Math.abs(now.value - one.value) / (metric.unit === "share" ? 1 : Math.max(Math.abs(one.value), 1e-9));
    const size = change / metric.scan.minEffect;
    if (size >= RESTATED_FROM) moved.push({ told: one, now: now.value, n: now.n, source: metric.reads[0] ?? "", size });
  }
  return moved.sort((a, b) => b.size - a.size).slice(0, RESTATED_MAX);
}
const RESTATED_FROM = 0.2;
const RESTATED_MAX = 5;

/** The numbers as they were told anew on that day. */
export const restatedNumbers = (restated: readonly Restated[], day: string): PostedNumber[] =>
  restated.map(({ told, now, n }) => ({ ...told, value: now, n, toldOn: day }));

export function restatedLine({ told, now, source }: Restated, asking: Asking): string {
  const filters = JSON.parse(told.segment) as Question["filters"];
  const name = metricName(asking.catalog, told.metric, asking.language);
  const segment = Object.keys(filters).length === 0 ? "" : `${segmentName(filters, asking)} `;
  return asking.say("digest.restated", {
    name: `${segment}${name}`,
    period: formatPeriod(told.period, asking.locale, told.zone),
    before: said(told, told.value, asking),
    after: said(told, now, asking),
    source: source.replaceAll("_", " "),
  });
}

const said = ({ metric }: PostedNumber, value: number, asking: Asking): string =>
  formatValue(value, asking.catalog.metrics.get(metric)?.unit ?? "number", asking.locale);

async function numberOf(
  asking: Asking,
  metric: Metric,
  filters: Question["filters"],
  period: Period,
): Promise<{ readonly value: number; readonly n: number | null } | null> {
  const question = { ...blank("metric"), metrics: [metric.id], filters, period };
  const measured = await asking.measure(question, { catalog: asking.catalog, now: asking.now, zone: asking.zone });
  if (!measured.ok) return null;
  const total = numbersOf(measured.value, question, [metric], asking.catalog).totals.get(metric.id);
  const isOpen = total?.flags.some((flag) => flag === "partial" || flag === "immature") ?? true;
  return total?.value == null || isOpen ? null : { value: total.value, n: total.n };
}
