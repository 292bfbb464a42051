/** One segment in two periods: its hits (numerator) and its weight (denominator). For a count, weight is absent and hits are the count. */
export interface Segment {
  readonly name: string;
  readonly before: SegmentSide;
  readonly after: SegmentSide;
}
export interface SegmentSide {
  readonly hits: number;
  readonly weight: number;
  /** Variance of the rate (hits ÷ weight), where more is known than the two sums. */
  readonly variance?: number;
}
/** How much of the overall change one segment brings, split by cause. rate + mix over all segments = the change, exactly. */
export interface Effect {
  readonly name: string;
  readonly rate: number;
  readonly mix: number;
  readonly total: number;
}
export interface Decomposition {
  readonly before: number;
  readonly after: number;
  readonly change: number;
  /** Σ rate effects: what would have changed with the mix held. */
  readonly rate: number;
  /** Σ mix effects: what would have changed with every segment's rate held. */
  readonly mix: number;
  /** Largest absolute total first. */
  readonly effects: readonly Effect[];
  /** True when every segment moved against the whole (Simpson's paradox): the change is mix alone. */
  readonly simpson: boolean;
}

/**
 * Kitagawa's decomposition (1955) of a change of a ratio R = Σ hits / Σ weight, mix centred on the mean of both periods:
 * rate_i = W̄_i·Δr_i, mix_i = ΔW_i·(r̄_i − R̄), W the share of weight. A segment absent in one period has the other period's rate, so that
 * coming or going is mix alone. Null when a period has no weight.
 */
export function decomposeRate(segments: readonly Segment[]): Decomposition | null {
  const weight = { before: sum(segments, (one) => one.before.weight), after: sum(segments, (one) => one.after.weight) };
  if (weight.before <= 0 || weight.after <= 0) return null;
  const before = sum(segments, (one) => one.before.hits) / weight.before;
  const after = sum(segments, (one) => one.after.hits) / weight.after;
  const middle = (before + after) / 2;
  const effects = segments.map((segment) => {
    const rates = ratesOf(segment);
    const shareBefore = segment.before.weight / weight.before;
    const shareAfter = segment.after.weight / weight.after;
    const rate = ((shareBefore + shareAfter) / 2) * (rates.after - rates.before);
    const mix = (shareAfter - shareBefore) * ((rates.before + rates.after) / 2 - middle);
    return { name: segment.name, rate, mix, total: rate + mix };
  });
  const change = after - before;
  return {
    before,
    after,
    change,
    rate: sum(effects, (effect) => effect.rate),
    mix: sum(effects, (effect) => effect.mix),
    effects: bySize(effects),
    simpson: isSimpson(segments, change),
  };
}

/** Contributions to a change of a count or an amount: each segment's own change. They add exactly; all of it is volume. */
export function decomposeCount(segments: readonly Segment[]): Decomposition {
  const before = sum(segments, (one) => one.before.hits);
  const after = sum(segments, (one) => one.after.hits);
  const effects = segments.map((segment) => {
    const total = segment.after.hits - segment.before.hits;
    return { name: segment.name, rate: total, mix: 0, total };
  });
  return {
    before,
    after,
    change: after - before,
    rate: after - before,
    mix: 0,
    effects: bySize(effects),
    simpson: false,
  };
}

/**
 * How far a dimension's segments concentrate the change: Σ (effect/change)² over segments whose effect has the change's sign, over their
 * number's expectation under an even spread; the dimension with the largest is the one worth naming.
 */
export function concentration(decomposition: Decomposition): number {
  if (decomposition.change === 0 || decomposition.effects.length < 2) return 0;
  const shares = decomposition.effects.map((effect) => effect.total / decomposition.change);
  const along = shares.filter((share) => share > 0);
  const total = shares.reduce((all, share) => all + Math.abs(share), 0);
  if (total <= 0) return 0;
  return along.reduce((all, share) => all + (share / total) ** 2, 0) - 1 / decomposition.effects.length;
}

function ratesOf({ before, after }: Segment): { before: number; after: number } {
  const first = before.weight > 0 ? before.hits / before.weight : null;
  const last = after.weight > 0 ? after.hits / after.weight : null;
  return { before: first ?? last ?? 0, after: last ?? first ?? 0 };
}

function isSimpson(segments: readonly Segment[], change: number): boolean {
  const moved = segments
    .filter((one) => one.before.weight > 0 && one.after.weight > 0)
    .map((one) => {
      const rates = ratesOf(one);
      return rates.after - rates.before;
    });
  return change !== 0 && moved.length > 1 && moved.every((delta) => delta * change < 0);
}

const sum = <T>(items: readonly T[], pick: (item: T) => number): number =>
  items.reduce((all, item) => all + pick(item), 0);
const bySize = (effects: readonly Effect[]): Effect[] =>
  [...effects].sort((a, b) => Math.abs(b.total) - Math.abs(a.total));
