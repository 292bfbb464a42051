import type { Question } from "../kernel/question.ts";
import type { Asking } from "./asking.ts";

/** Zone R: that of the one market asked about, else the asker's. */
export function zoneOfQuestion(question: Question, { catalog, zone }: Pick<Asking, "catalog" | "zone">): string {
  const values = catalog.zoned ? question.filters[catalog.zoned.dimension] : undefined;
  return (values?.length === 1 ? catalog.zoned?.zones.get(values[0] ?? "") : undefined) ?? zone;
}
