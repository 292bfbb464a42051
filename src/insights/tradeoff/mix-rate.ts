/** A segment before (0) and after (1): its weight (cases) and its rate. */
export interface Segment {
  readonly w0: number;
  readonly w1: number;
  readonly r0: number;
  readonly r1: number;
}

export interface MixRate {
  readonly total: number | null;
  readonly rateEffect: number | null;
  readonly mixEffect: number | null;
  readonly bySegmentRate: readonly number[] | null;
  /** Centred on the mean overall rate: a segment below average that grows pulls down. */
  readonly bySegmentMix: readonly number[] | null;
  readonly reason?: string;
}

/**
 * How much of a change of an overall rate is within segments and how much is their mix; both parts sum to the whole exactly.
 * Source: Kitagawa (1955), symmetric two-component decomposition.
 */
export function mixRate(segments: readonly Segment[]): MixRate {
  const total0 = segments.reduce((sum, { w0 }) => sum + w0, 0);
  const total1 = segments.reduce((sum, { w1 }) => sum + w1, 0);
  if (!(total0 > 0 && total1 > 0)) {
    const reason = "one of the two periods is empty";
    return { total: null, rateEffect: null, mixEffect: null, bySegmentRate: null, bySegmentMix: null, reason };
  }
  const shares = segments.map(({ w0, w1, r0, r1 }) => ({ s0: w0 / total0, s1: w1 / total1, r0, r1 }));
  const overall = shares.reduce((sum, { s0, s1, r0, r1 }) => sum + (s0 * r0 + s1 * r1) / 2, 0);
  const bySegmentRate = shares.map(({ s0, s1, r0, r1 }) => ((s0 + s1) / 2) * (r1 - r0));
  const bySegmentMix = shares.map(({ s0, s1, r0, r1 }) => (s1 - s0) * ((r0 + r1) / 2 - overall));
  const add = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const [rateEffect, mixEffect] = [add(bySegmentRate), add(bySegmentMix)];
  return { total: rateEffect + mixEffect, rateEffect, mixEffect, bySegmentRate, bySegmentMix };
}
