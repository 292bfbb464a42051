import { limits } from "../kernel/limits.ts";
import { canonical } from "../kernel/question.ts";
import type { Measure } from "../queries/measure.ts";

/**
 * Equal questions of one slot are computed once, whoever of 500 channels asks first: equal = the same canonical Question, "now" and zone.
 * What failed is not kept. `monotonic`: milliseconds of a clock that never jumps.
 */
export function sharedMeasure(measure: Measure, monotonic: () => number): Measure {
  const made = new Map<string, { readonly at: number; readonly result: ReturnType<Measure> }>();
  return (question, context) => {
    const now = monotonic();
    for (const [key, { at }] of made) if (at + limits.sharedMeasureMs < now) made.delete(key);
    const key = `${context.now} ${context.zone} ${canonical(question)}`;
    const known = made.get(key);
    if (known) return known.result;
    const result = measure(question, context);
    if (made.size < limits.sharedMeasuresMax) made.set(key, { at: now, result });
    const forget = (): void => void made.delete(key);
    result.then((outcome) => outcome.ok || forget(), forget);
    return result;
  };
}
