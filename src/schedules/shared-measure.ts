import { limits } from "../kernel/limits.ts";
import { canonical } from "../kernel/question.ts";
import { remembered } from "../kernel/remembered.ts";
import type { Measure } from "../queries/measure.ts";

/**
 * Equal questions of one slot are computed once, whoever of 500 channels asks first: equal = the same canonical Question under the same
 * "now", zone and audience, read in the same way.
 */
export const sharedMeasure = (measure: Measure, monotonic: () => number): Measure =>
  remembered(
    measure,
    (question, { now, zone, audience, asParts }) => JSON.stringify([now, zone, audience, asParts, canonical(question)]),
    ({ ok }) => ok,
    { forMs: limits.sharedMeasureMs, entriesMax: limits.sharedMeasuresMax, monotonic },
  );
