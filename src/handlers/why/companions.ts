import type { Metric } from "../../catalog/catalog.ts";
import type { AnswerValue, Finding } from "../../chat/answer.ts";
import { formatValue } from "../../chat/format.ts";
import type { Question } from "../../kernel/question.ts";
import type { Asking } from "../asking.ts";
import { metricName } from "../names.ts";
import { numbersOf } from "../rows.ts";

/** A volume that moved by less than this share did not move, whatever its size. */
const FLAT_BELOW = 0.05;

/**
 * What else moved in the same two periods, and what did not: the first metric of the volume and of the quality group. It is said and nothing is
 * concluded: a cause can leave both where they were, and chance can move them. Those that cannot be asked under the same filters are left out.
 */
export async function companions(plain: Question, metric: Metric, asking: Asking): Promise<Finding[]> {
  const others = ["volume", "quality"].flatMap((group) => {
    const first = [...asking.catalog.metrics.values()].find((one) => one.group === group && !one.moment);
    return first && first.id !== metric.id && !metric.moment ? [first] : [];
  });
  const context = { catalog: asking.catalog, now: asking.now, zone: asking.zone };
  const values = await Promise.all(
    others.map(async (other) => {
      const question = { ...plain, metrics: [other.id], options: {} };
      const measured = await asking.measure(question, context);
      return measured.ok
        ? numbersOf(measured.value, question, [other], asking.catalog).totals.get(other.id)
        : undefined;
    }),
  );
  const known = values.filter((value): value is AnswerValue => value?.value != null && value.compare?.value != null);
  const flat = known.filter(isFlat);
  const listed = new Intl.ListFormat(asking.locale, { type: "conjunction" });
  const names = (list: readonly AnswerValue[]): string =>
    listed.format(list.map(({ metric: id }) => metricName(asking.catalog, id, asking.language)));
  const moved = known.filter((value) => !isFlat(value));
  return [
    ...(flat.length > 0
      ? [{ code: "companion_flat", text: asking.say("why.companion.flat", { names: names(flat) }) }]
      : []),
    ...moved.map((value) => ({
      code: "companion_moved",
      text: asking.say("why.companion.moved", {
        name: names([value]),
        before: formatValue(value.compare?.value ?? null, value.unit, asking.locale),
        after: formatValue(value.value, value.unit, asking.locale),
      }),
    })),
  ];
}

function isFlat({ value, compare }: AnswerValue): boolean {
  if (compare?.verdict) return compare.verdict === "within_noise";
  return Math.abs((value ?? 0) / (compare?.value || 1) - 1) < FLAT_BELOW;
}
