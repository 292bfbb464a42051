import { gaps, syntheticControl } from "./synthetic-control.ts";

export interface PlaceboInSpace {
  /** Post/pre ratio of the root mean squared gap, by unit. */
  readonly ratios: readonly number[];
  /** 1 = the treated unit has the largest ratio. */
  readonly rank: number;
  readonly units: number;
  /** Rank over units: never below 1/units. */
  readonly pValue: number;
}

/**
 * Placebo in space: every unit in turn is taken as treated, with all others as donors; the treated one should stand out.
 * Source: Abadie, Diamond & Hainmueller (2010).
 */
export function placeboInSpace(y: readonly (readonly number[])[], treated: number, t0: number): PlaceboInSpace {
  const ratios = y.map((_, unit) => {
    const panel = { y: [...y.filter((__, i) => i !== unit), y[unit] ?? []], n0: y.length - 1, t0 };
    const gap = gaps(panel, syntheticControl(panel).unitWeights);
    return rootMeanSquare(gap.slice(t0)) / rootMeanSquare(gap.slice(0, t0));
  });
  const own = ratios[treated] ?? 0;
  const rank = ratios.filter((ratio) => ratio >= own).length;
  return { ratios, rank, units: y.length, pValue: rank / y.length };
}

export const rootMeanSquare = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
