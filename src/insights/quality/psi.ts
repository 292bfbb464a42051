/**
 * Population stability index of counts by value: Σ (p − q)·ln(p / q) of the shares now (p) and before (q), with half a row added to each cell; less
 * what chance alone gives, (k − 1)(1/n + 1/m), so that small samples do not look like shifts. Above 0.25 the mix is another one
 * (Siddiqi, Credit Risk Scorecards, 2006; the bias: Yurdakul 2018). Null below two values or without rows.
 */
export function stabilityIndex(now: readonly number[], before: readonly number[]): number | null {
  const [n, m] = [sum(now), sum(before)];
  const values = now.length;
  if (values < 2 || n === 0 || m === 0) return null;
  const index = now.reduce((total, count, i) => {
    const p = (count + 0.5) / (n + values / 2);
    const q = ((before[i] ?? 0) + 0.5) / (m + values / 2);
    return total + (p - q) * Math.log(p / q);
  }, 0);
  return Math.max(0, index - (values - 1) * (1 / n + 1 / m));
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
