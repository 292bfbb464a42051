/** A rate of one bucket: events of cases. */
export interface Counted {
  readonly numerator: number;
  readonly denominator: number;
}

export interface Rates {
  /** Null where there were no cases. */
  readonly observed: readonly (number | null)[];
  /** Drawn towards the rate around it, the more the fewer the cases. */
  readonly learned: readonly (number | null)[];
  /** Expected error of a bucket with that many cases, relative to the usual one. */
  readonly scaleOf: (denominator: number) => number;
}

/**
 * Rates with unequal denominators. Variance between buckets by moments (what is left after p(1−p)/n, for shares; p/n for ratios); a bucket is
 * shrunk by between / (between + within) towards the pooled rate of `2·span + 1` buckets around it. Empirical Bayes, Efron & Morris (1975).
 */
export function ratesOf(counted: readonly (Counted | null)[], span: number): Rates {
  const known = counted.map((own) => (own && own.denominator > 0 ? own : null));
  const observed = known.map((own) => own && own.numerator / own.denominator);
  const around = known.map((_, i) => pooled(known.slice(Math.max(0, i - span), i + span + 1)));
  const overall = pooled(known) ?? 0;
  const share = observed.every((rate) => rate === null || rate <= 1);
  const unit = share ? overall * (1 - overall) : overall;
  const between = betweenVariance(known, around, unit);
  const scaleOf = (denominator: number): number => Math.sqrt(between + unit / Math.max(denominator, 0.5));
  const sizes = known.flatMap((own) => (own ? [own.denominator] : [])).sort((a, b) => a - b);
  const usual = scaleOf(sizes[sizes.length >> 1] ?? 1);
  return {
    observed,
    learned: known.map((own, i) => {
      if (!own) return null;
      const centre = around[i] ?? overall;
      const within = unit / own.denominator;
      const trust = between + within > 0 ? between / (between + within) : 1;
      return centre + trust * (own.numerator / own.denominator - centre);
    }),
    scaleOf: (denominator) => (usual > 0 ? scaleOf(denominator) / usual : 1),
  };
}

/** Rates, their shrunk form to learn from, and the error to expect with as many cases as a plain forecast of the denominators foresees. */
export function rateHistory(counted: readonly (Counted | null)[], periods: readonly number[], horizon: number) {
  const rates = ratesOf(counted, 2 * (periods[0] ?? 7));
  const period = periods[0] ?? 1;
  const ahead = Array.from({ length: horizon }, (_, j) => usualDenominator(counted, j, period));
  return {
    values: rates.observed,
    learned: rates.learned,
    scale: {
      past: counted.map((own) => rates.scaleOf(own?.denominator ?? 1)),
      ahead: ahead.map((denominator) => rates.scaleOf(denominator)),
    },
  };
}

/** Mean denominator of the phase over its last eight seasons. */
function usualDenominator(
  counted: readonly ({ readonly denominator: number } | null)[],
  step: number,
  period: number,
): number {
  let [sum, seen] = [0, 0];
  for (let at = counted.length + (step % period) - period; at >= 0 && seen < 8; at -= period) {
    const own = counted[at];
    if (!own) continue;
    sum += own.denominator;
    seen += 1;
  }
  return seen > 0 ? sum / seen : 1;
}

function pooled(counted: readonly (Counted | null)[]): number | null {
  let [numerator, denominator] = [0, 0];
  for (const own of counted) {
    numerator += own?.numerator ?? 0;
    denominator += own?.denominator ?? 0;
  }
  return denominator > 0 ? numerator / denominator : null;
}

/** Weighted by the cases: Σn(r − centre)² = (unit + between·n̄) per bucket. */
function betweenVariance(known: readonly (Counted | null)[], around: readonly (number | null)[], unit: number): number {
  let [squares, buckets, cases] = [0, 0, 0];
  known.forEach((own, i) => {
    if (!own) return;
    squares += own.denominator * (own.numerator / own.denominator - (around[i] ?? 0)) ** 2;
    buckets += 1;
    cases += own.denominator;
  });
  return cases > 0 ? Math.max(0, (squares - buckets * unit) / cases) : 0;
}
