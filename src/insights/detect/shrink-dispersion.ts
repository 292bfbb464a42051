import type { Track } from "./track.ts";
import { medianOf } from "./windows.ts";

type Estimate = Pick<Track, "dispersion" | "days" | "precision">;

/** Days' worth of trust in the usual over-dispersion of the kind, at most. */
const PRIOR_DAYS = 30;
/** Series differ at least by this share of the usual. */
const SPREAD_MIN = 0.5;

/**
 * Over-dispersion of each series drawn towards the usual of its group by how little its own days say: normal–normal empirical Bayes, the
 * group's centre and spread (median, median absolute deviation less the usual error) from the half that is known best. Many cases a day make an
 * estimate good to some percent; few cases leave it to the group. Source: Morris (1983); Robinson & Smyth (2007) for dispersions.
 */
export function shrunkDispersions(all: readonly Estimate[]): number[] {
  const { centre, spread } = usualOf(all);
  return all.map(({ dispersion, days, precision }) => {
    const informed = precision((dispersion + centre) / 2) * spread ** 2;
    const trust = Math.max(informed / (1 + informed), days / (days + PRIOR_DAYS));
    return trust * dispersion + (1 - trust) * centre;
  });
}

function usualOf(all: readonly Estimate[]): { centre: number; spread: number } {
  const known = all.filter(({ days }) => days > 0);
  if (known.length === 0) return { centre: 0, spread: 0 };
  const rough = medianOf(known.map(({ dispersion }) => dispersion));
  const best = known
    .map(({ dispersion, precision }) => ({ dispersion, variance: 1 / Math.max(precision(rough), 1e-12) }))
    .sort((a, b) => a.variance - b.variance)
    .slice(0, Math.ceil(known.length / 2));
  const centre = medianOf(best.map(({ dispersion }) => dispersion));
  const apart = 1.4826 * medianOf(best.map(({ dispersion }) => Math.abs(dispersion - centre)));
  const error = medianOf(best.map(({ variance }) => variance));
  return { centre, spread: Math.max(Math.sqrt(Math.max(0, apart ** 2 - error)), SPREAD_MIN * centre) };
}
