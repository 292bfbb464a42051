import { augmentedFilter, centred, type LevelVariances } from "./local-level.ts";

const [LOG_RATIO_MIN, LOG_RATIO_MAX, STEP] = [-20, 12, 0.25];

/**
 * Variances of the local-level model that maximise the exact diffuse likelihood: the scale is concentrated out, and the ratio
 * level/observation is searched in logs; either may be 0 at the border. Null where the model is not identified.
 * Source: Harvey (1989) §4.3; Durbin & Koopman (2012) §7.3.
 */
export function fitLocalLevel(y: readonly number[], control: readonly number[]): LevelVariances | null {
  const x = centred(control);
  const free = y.length - 2;
  if (free < 3) return null;
  const scaled = (ratio: LevelVariances) => {
    const filtered = augmentedFilter(y, x, ratio);
    if (!filtered || !(filtered.rss > 0)) return null;
    const scale = filtered.rss / free;
    const loglik = filtered.loglik + 0.5 * filtered.rss - 0.5 * free * (Math.log(scale) + 1);
    return { scale, loglik };
  };
  const at = (logRatio: number): LevelVariances => ({ observation: 1, level: Math.exp(logRatio) });
  const height = (logRatio: number) => scaled(at(logRatio))?.loglik ?? Number.NEGATIVE_INFINITY;
  let best = LOG_RATIO_MIN;
  for (let u = LOG_RATIO_MIN; u <= LOG_RATIO_MAX; u += STEP) if (height(u) > height(best)) best = u;
  const inner = peak(height, best - STEP, best + STEP);
  const candidates: LevelVariances[] = [at(inner), { observation: 1, level: 0 }, { observation: 0, level: 1 }];
  const fitted = candidates.flatMap((ratio) => {
    const result = scaled(ratio.observation === 0 ? { observation: 1e-12, level: 1 } : ratio);
    return result ? [{ ratio, ...result }] : [];
  });
  if (fitted.length === 0) return null;
  const top = fitted.reduce((a, b) => (b.loglik > a.loglik ? b : a));
  return { observation: top.ratio.observation * top.scale, level: top.ratio.level * top.scale };
}

function peak(f: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  const ratio = (Math.sqrt(5) - 1) / 2;
  for (let i = 0; i < 60; i++) {
    const [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
    if (f(a) > f(b)) high = b;
    else low = a;
  }
  return (low + high) / 2;
}
