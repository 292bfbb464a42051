import { concentration, type Decomposition } from "./decompose.ts";

/** A shift between segments explains a change when it carries at least this share of it. */
const MIX_ENOUGH = 0.6;

/**
 * The split worth telling. A pure shift of mix along one dimension looks like a change of rate along every other, so a split whose mix carries
 * most of the change comes first, the fullest of them; where none does, the one that concentrates the change.
 */
export function mostTelling<T extends { readonly decomposition: Decomposition }>(splits: readonly T[]): T | undefined {
  const byMix = splits.filter((one) => mixShare(one) >= MIX_ENOUGH && farFromAll(one) <= 1 - MIX_ENOUGH);
  if (byMix.length > 0) return [...byMix].sort((a, b) => farFromAll(a) - farFromAll(b))[0];
  return [...splits].sort((a, b) => concentration(b.decomposition) - concentration(a.decomposition))[0];
}

const mixShare = ({ decomposition: { mix, change } }: { readonly decomposition: Decomposition }): number =>
  change === 0 ? 0 : mix / change;

/** More than all of it says as little as less: 1 is the best. */
const farFromAll = (one: { readonly decomposition: Decomposition }): number => Math.abs(1 - mixShare(one));
