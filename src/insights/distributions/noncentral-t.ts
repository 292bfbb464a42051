import { stirlingRemainder } from "../special/stirling.ts";
import { normalSf } from "./normal.ts";

/**
 * P(T > t) of the noncentral t with `df` ≥ 1 and noncentrality δ, as ∫ Φ̄(ts − δ) f(s) ds over the density of s = √(χ²/df), by
 * Simpson's rule on 4,000 panels around its bulk (about 1e-12 absolute). Source: Owen (1965).
 */
export function noncentralTSf(t: number, df: number, delta: number): number {
  const spread = 14 / Math.sqrt(2 * df);
  const low = Math.max(0, 1 - spread);
  const high = 1 + spread;
  const panels = 4000;
  const width = (high - low) / panels;
  const value = (s: number) => chiDensity(s, df) * normalSf(t * s - delta);
  let sum = value(low) + value(high);
  for (let i = 1; i < panels; i++) sum += (i % 2 === 1 ? 4 : 2) * value(low + i * width);
  return (sum * width) / 3;
}

/** Density of √(χ²_df/df), with Loader's prefactor so that large df do not overflow. */
function chiDensity(s: number, df: number): number {
  if (s === 0) return df === 1 ? Math.sqrt(2 / Math.PI) : 0;
  const log = df * Math.log(s) - (df / 2) * (s * s - 1) - stirlingRemainder(df / 2);
  return (Math.exp(log) / s) * Math.sqrt(df / Math.PI);
}
