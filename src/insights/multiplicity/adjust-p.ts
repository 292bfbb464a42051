/**
 * Adjusted p-values in the order given: compare each with α. Bonferroni, Holm, Hommel and Hochberg hold the chance of any false
 * claim, Benjamini–Hochberg and –Yekutieli the share of false among the claims. Source: R stats::p.adjust; Wright (1992).
 */
export type Adjustment = "bonferroni" | "holm" | "hommel" | "hochberg" | "benjamini-hochberg" | "benjamini-yekutieli";

export function adjustP(p: readonly number[], method: Adjustment): number[] {
  const n = p.length;
  if (method === "bonferroni") return p.map((value) => Math.min(1, value * n));
  if (method === "holm") return stepDown(p, (value, rank) => value * (n - rank));
  if (method === "hochberg") return stepUp(p, (value, rank) => value * (n - rank));
  if (method === "benjamini-hochberg") return stepUp(p, (value, rank) => (value * n) / (rank + 1));
  if (method === "hommel") return hommel(p);
  const harmonic = p.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
  return stepUp(p, (value, rank) => (value * n * harmonic) / (rank + 1));
}

/** From the smallest p on: a running maximum. `rank` counts from 0. */
function stepDown(p: readonly number[], scaled: (value: number, rank: number) => number): number[] {
  const out = [...p];
  let running = 0;
  ascending(p).forEach((at, rank) => {
    running = Math.max(running, scaled(p[at] ?? 1, rank));
    out[at] = Math.min(1, running);
  });
  return out;
}

/** From the largest p on: a running minimum. */
function stepUp(p: readonly number[], scaled: (value: number, rank: number) => number): number[] {
  const out = [...p];
  let running = 1;
  const order = ascending(p);
  for (let rank = order.length - 1; rank >= 0; rank--) {
    const at = order[rank] ?? 0;
    running = Math.min(running, scaled(p[at] ?? 1, rank));
    out[at] = running;
  }
  return out;
}

/** Hommel (1988) in Wright's (1992) form. */
function hommel(p: readonly number[]): number[] {
  const n = p.length;
  const order = ascending(p);
  const sorted = order.map((at) => p[at] ?? 1);
  const get = (values: readonly number[], i: number) => values[i] ?? 1;
  const simes = Math.min(...sorted.map((value, i) => (n * value) / (i + 1)));
  let q = sorted.map(() => simes);
  const adjusted = sorted.map(() => simes);
  for (let m = n - 1; m >= 2; m--) {
    const kept = n - m + 1;
    let least = Number.POSITIVE_INFINITY;
    for (let j = 2; j <= m; j++) least = Math.min(least, (m * get(sorted, kept + j - 2)) / j);
    q = q.map((_, i) => (i < kept ? Math.min(m * get(sorted, i), least) : 0));
    const border = get(q, kept - 1);
    for (let i = kept; i < n; i++) q[i] = border;
    adjusted.forEach((value, i) => {
      adjusted[i] = Math.max(value, get(q, i));
    });
  }
  const out = [...p];
  order.forEach((at, i) => {
    out[at] = Math.min(1, Math.max(get(adjusted, i), get(sorted, i)));
  });
  return out;
}

const ascending = (p: readonly number[]): number[] => p.map((_, i) => i).sort((a, b) => (p[a] ?? 0) - (p[b] ?? 0));
