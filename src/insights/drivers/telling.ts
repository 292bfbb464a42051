import { concentration, type Decomposition } from "./decompose.ts";

/** A shift between segments explains a change when it carries at least this share of it. */
const MIX_ENOUGH = 0.6;

/** −ln p below which a split does not separate the change: p = 0.01. */
const SEPARATES = 4.6;

interface Tellable {
  readonly decomposition: Decomposition;
  /** See `separation`. */
  readonly separation: number;
}

/**
 * The split worth telling. A pure shift of mix along one dimension looks like a change of rate along every other, so a split whose mix carries
 * most of the change comes first, the fullest of them; where none does, the one that separates the change most surely; where
 * the segments moved alike in every split, the one that concentrates it.
 */
export function mostTelling<T extends Tellable>(splits: readonly T[]): T | undefined {
  const byMix = splits.filter((one) => mixShare(one) >= MIX_ENOUGH && farFromAll(one) <= 1 - MIX_ENOUGH);
  if (byMix.length > 0) return [...byMix].sort((a, b) => farFromAll(a) - farFromAll(b))[0];
  const separating = splits.filter(separates);
  if (separating.length > 0) return [...separating].sort((a, b) => b.separation - a.separation)[0];
  return [...splits].sort((a, b) => concentration(b.decomposition) - concentration(a.decomposition))[0];
}

/** The segments surely did not move alike. */
export const separates = ({ separation }: Pick<Tellable, "separation">): boolean => separation >= SEPARATES;

const mixShare = ({ decomposition: { mix, change } }: { readonly decomposition: Decomposition }): number =>
  change === 0 ? 0 : mix / change;

/** More than all of it says as little as less: 1 is the best. */
const farFromAll = (one: { readonly decomposition: Decomposition }): number => Math.abs(1 - mixShare(one));
