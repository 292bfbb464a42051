import type { DurationBin } from "../../kernel/measurement.ts";

export interface BinnedSegment {
  readonly name: string;
  readonly before: readonly DurationBin[];
  readonly after: readonly DurationBin[];
}
export interface QuantileChange {
  readonly before: number;
  readonly after: number;
  readonly change: number;
  /** What would have changed with the mix of segments held: after's durations at before's shares. */
  readonly inside: number;
  /** The rest of the change. inside + mix = change exactly. */
  readonly mix: number;
  /** Segment alone set to its later durations, the others and all shares as before. They need not add up: a quantile is no sum. */
  readonly alone: readonly { readonly name: string; readonly effect: number }[];
}

/**
 * The change of a quantile by re-weighting (DiNardo, Fortin and Lemieux 1996): each segment's later durations are counted with the weight that
 * gives it its earlier share. `quantile` reads a quantile off bins, censored cases included; null = not reached. Null where it is not
 * reached, or a period is empty.
 */
export function reweighQuantile(
  segments: readonly BinnedSegment[],
  quantile: (bins: readonly DurationBin[]) => number | null,
): QuantileChange | null {
  const total = (when: "before" | "after"): number => segments.reduce((sum, one) => sum + casesOf(one[when]), 0);
  const growth = total("after") / total("before");
  const heldAt = (one: BinnedSegment, size: number): DurationBin[] => {
    const own = casesOf(one.after);
    return own === 0 ? scaled(one.before, size / Math.max(casesOf(one.before), 1)) : scaled(one.after, size / own);
  };
  const read = (bins: readonly DurationBin[]): number | null => quantile(merged(bins));
  const before = read(segments.flatMap((one) => one.before));
  const after = read(segments.flatMap((one) => one.after));
  const held = read(segments.flatMap((one) => heldAt(one, casesOf(one.before))));
  if (!Number.isFinite(growth) || growth === 0 || before === null || after === null || held === null) return null;
  const alone = segments.map((one) => {
    const swapped = segments.flatMap((other) => (other === one ? heldAt(one, casesOf(one.before)) : other.before));
    return { name: one.name, effect: (read(swapped) ?? before) - before };
  });
  alone.sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
  return { before, after, change: after - before, inside: held - before, mix: after - held, alone };
}

const casesOf = (bins: readonly DurationBin[]): number =>
  bins.reduce((sum, { events, censored }) => sum + events + censored, 0);

/** One bin an index, ascending. */
function merged(bins: readonly DurationBin[]): DurationBin[] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { index } of bins) {
    low = Math.min(low, index);
    high = Math.max(high, index);
  }
  const sums: { index: number; events: number; censored: number; seconds: number }[] = [];
  for (let index = low; index <= high; index += 1) sums.push({ index, events: 0, censored: 0, seconds: 0 });
  for (const bin of bins) {
    const own = sums[bin.index - low];
    if (!own) continue;
    own.events += bin.events;
    own.censored += bin.censored;
    own.seconds += bin.seconds;
  }
  return sums.filter(({ events, censored }) => events > 0 || censored > 0);
}

const scaled = (bins: readonly DurationBin[], factor: number): DurationBin[] =>
  bins.map(({ index, events, censored, seconds }) => ({
    index,
    events: events * factor,
    censored: censored * factor,
    seconds: seconds * factor,
  }));
