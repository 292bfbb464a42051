import type { Catalog } from "../catalog/catalog.ts";
import type { AnswerValue } from "../chat/answer.ts";
import { formatValue } from "../chat/format.ts";
import { standsApart } from "../insights/estimate/funnel.ts";
import type { Question } from "../kernel/question.ts";
import type { Asking } from "./asking.ts";
import { dimensionWord, rowName } from "./names.ts";

/** Whether the rows of a question are groups of people, which are compared by what chance allows and never ranked. */
export const isOfPeople = (question: Question, catalog: Catalog): boolean =>
  question.by.some((id) => catalog.dimensions.get(id)?.people === true);

/**
 * Which rows leave the funnel around the whole: "apart from 6.1 % by more than chance: jkt-2 9.4 %", or that none does. Null where the
 * numbers have no interval (counts, census rates): then nothing is said of anybody.
 */
export function funnelSentence(
  rows: readonly AnswerValue[],
  total: AnswerValue | undefined,
  question: Question,
  asking: Asking,
): string | null {
  const centre = total?.value ?? null;
  if (total === undefined || centre === null) return null;
  const judged = rows.map((row) => ({ row, apart: standsApart(row, centre) }));
  if (judged.every(({ apart }) => apart === null)) return null;
  const whole = formatValue(centre, total.unit, asking.locale);
  const apart = judged
    .filter((one) => one.apart === true)
    .map(
      ({ row }) => `${rowName(row.key ?? {}, question.by, asking)} ${formatValue(row.value, row.unit, asking.locale)}`,
    );
  if (apart.length > 0) return asking.say("funnel.apart", { whole, names: apart.join(", ") });
  return asking.say("funnel.none", {
    whole,
    dimension: dimensionWord(asking.catalog, question.by[0] ?? "", asking.language),
  });
}
