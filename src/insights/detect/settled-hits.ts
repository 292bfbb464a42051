import { episodesIn } from "./episodes.ts";
import { trackHits } from "./hits-track.ts";
import type { Cycle } from "./levels.ts";
import type { ScanSeries } from "./series.ts";
import type { Shock } from "./shock.ts";
import { shrunkDispersions } from "./shrink-dispersion.ts";
import type { Track } from "./track.ts";

/** Days before which scores say little. */
const SETTLED_DAYS = 21;

/**
 * Baselines of rates or of counts of one kind, in three rounds. The first knows no over-dispersion, so it trims ordinary days and overstates it; the
 * second does not; the third leaves out the days of changes that came and went.
 */
export function settledHits(
  group: readonly ScanSeries[],
  at: number,
  shocks: readonly (Shock | null)[] = [],
  cycles?: readonly Cycle[],
): Track[] {
  const rounds = (dispersions: readonly number[]): Track[] =>
    group.map((series, i) => trackHits(series, at, dispersions[i] ?? 0, shocks[i] ?? null, cycles));
  const second = rounds(shrunkDispersions(rounds([])));
  const dispersions = shrunkDispersions(second);
  return group.map((series, i) => {
    const episodes = episodesIn(second[i]?.score ?? new Float64Array(0), SETTLED_DAYS, at - 1);
    return trackHits(series, at, dispersions[i] ?? 0, shocks[i] ?? null, cycles, episodes);
  });
}
