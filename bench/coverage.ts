/**
 * Coverage of the interval methods by simulation: how often does a 95 % interval hold the truth? 10,000 draws a case, seeded, with
 * rare events, small samples, skewed values and censoring among the cases. Prints the table of docs/statistics.md; `--write` puts
 * it there. Exit code 1 where a method that promises 95 % is further than 1 point off.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cohenKappa } from "../src/insights/agreement/cohen-kappa.ts";
import { poissonRate } from "../src/insights/counts/poisson-rate.ts";
import { rateRatioExact, rateRatioWald } from "../src/insights/counts/poisson-rate-ratio.ts";
import { agrestiCaffo } from "../src/insights/differences/agresti-caffo.ts";
import { miettinenNurminen } from "../src/insights/differences/miettinen-nurminen.ts";
import { oddsRatio, riskRatio } from "../src/insights/differences/ratios.ts";
import { unpooledZTest } from "../src/insights/differences/z-test.ts";
import { tCritical } from "../src/insights/distributions/t.ts";
import { cuped } from "../src/insights/experiments/cuped.ts";
import { ratioEffect } from "../src/insights/experiments/ratio-metric.ts";
import { agrestiCoull } from "../src/insights/intervals/agresti-coull.ts";
import { clopperPearson } from "../src/insights/intervals/clopper-pearson.ts";
import { jeffreys } from "../src/insights/intervals/jeffreys.ts";
import { newcombe } from "../src/insights/intervals/newcombe.ts";
import { tInterval } from "../src/insights/intervals/t-interval.ts";
import { wald } from "../src/insights/intervals/wald.ts";
import { wilson, wilsonContinuity } from "../src/insights/intervals/wilson.ts";
import { deltaLift } from "../src/insights/lift/delta.ts";
import { fiellerLift } from "../src/insights/lift/fieller.ts";
import { logRatio } from "../src/insights/lift/log-ratio.ts";
import { momentsOf } from "../src/insights/means/moments.ts";
import { welchTest } from "../src/insights/means/welch.ts";
import { clusteredRegression } from "../src/insights/regression/clustered.ts";
import { confidenceSequence } from "../src/insights/sequential/confidence-sequence.ts";
import { hajekMean } from "../src/insights/survey/horvitz-thompson.ts";
import { kornGraubard, logitShareInterval } from "../src/insights/survey/share-interval.ts";
import { stratifiedPrevalence } from "../src/insights/survey/stratified.ts";
import { kmQuantile } from "../src/insights/survival/kaplan-meier.ts";

const DRAWS = 10_000;
const LEVEL = 0.95;
const SEED = 20_261_124;

/** What a method promises: its nominal level on average over the cases ("mean"), so in large samples, at least that ("floor"), or nothing. */
type Promise95 = "mean" | "large" | "floor" | "none";
interface Limits {
  readonly low: number | null;
  readonly high: number | null;
}
interface Case {
  readonly name: string;
  /** One simulated interval and the truth. Null limits count as a miss. */
  readonly draw: (random: Random) => { readonly interval: Limits; readonly truth: number };
}
interface Method {
  readonly name: string;
  readonly promise: Promise95;
  readonly cases: readonly Case[];
}

class Random {
  private state: number;
  constructor(seed: number) {
    this.state = seed >>> 0;
  }
  /** Uniform on (0, 1): mulberry32. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  }
  normal(): number {
    return Math.sqrt(-2 * Math.log(this.next())) * Math.cos(2 * Math.PI * this.next());
  }
  exponential(): number {
    return -Math.log(this.next());
  }
  binomial(n: number, p: number): number {
    let count = 0;
    if (n * p > 40 && n * (1 - p) > 40) return this.binomialByGaps(n, p);
    for (let i = 0; i < n; i++) if (this.next() < p) count += 1;
    return count;
  }
  /** Counting the geometric gaps between successes. */
  private binomialByGaps(n: number, p: number): number {
    let [count, at] = [-1, 0];
    while (at <= n) {
      at += Math.ceil(Math.log(this.next()) / Math.log1p(-p));
      count += 1;
    }
    return count;
  }
  poisson(mean: number): number {
    let [count, at] = [-1, 0];
    while (at <= mean) {
      at += this.exponential();
      count += 1;
    }
    return count;
  }
}

/** The share is drawn anew each time, so that the lattice of a single p does not stand for the method. */
const SHARES = [
  { low: 0.05, high: 0.95, n: 30 },
  { low: 0.02, high: 0.1, n: 300 },
  { low: 0.003, high: 0.02, n: 2000 },
] as const;

const shareMethod = (
  name: string,
  promise: Promise95,
  method: (x: number, n: number, level: number) => Limits,
): Method => ({
  name,
  promise,
  cases: SHARES.map(({ low, high, n }) => ({
    name: `p from ${low} to ${high}, n = ${n}`,
    draw: (random) => {
      const p = low + (high - low) * random.next();
      return { interval: method(random.binomial(n, p), n, LEVEL), truth: p };
    },
  })),
});

const PAIRS = [
  [0.5, 40, 0.5, 60],
  [0.06, 200, 0.09, 200],
  [0.02, 800, 0.01, 800],
  [0.005, 2000, 0.005, 4000],
] as const;
/** With some tens of events a side: the promise of the log intervals is for large samples. */
const LARGE_PAIRS = [
  [0.3, 300, 0.4, 300],
  [0.06, 1500, 0.09, 1500],
] as const;

const differenceMethod = (
  name: string,
  promise: Promise95,
  method: (x1: number, n1: number, x2: number, n2: number) => Limits,
  truth: (p1: number, p2: number) => number = (p1, p2) => p2 - p1,
): Method => ({
  name,
  promise,
  cases: (promise === "large" ? LARGE_PAIRS : PAIRS).map(([p1, n1, p2, n2]) => ({
    name: `${p1} of ${n1} and ${p2} of ${n2}`,
    draw: (random) => ({
      interval: method(random.binomial(n1, p1), n1, random.binomial(n2, p2), n2),
      truth: truth(p1, p2),
    }),
  })),
});

const sample = (random: Random, n: number, value: (random: Random) => number): number[] =>
  Array.from({ length: n }, () => value(random));
const logNormal = (random: Random): number => Math.exp(0.75 * random.normal());
const LOG_NORMAL_MEAN = Math.exp(0.75 ** 2 / 2);

/** Quota samples: three strata of very different prevalence, with weights; `rare` has about 12 positives where the weight is. */
const STRATA = {
  common: [
    { N: 900_000, n: 600, p: 0.2 },
    { N: 80_000, n: 300, p: 0.3 },
    { N: 20_000, n: 300, p: 0.5 },
  ],
  rare: [
    { N: 900_000, n: 600, p: 0.02 },
    { N: 80_000, n: 300, p: 0.06 },
    { N: 20_000, n: 300, p: 0.4 },
  ],
} as const;

function drawPrevalence(random: Random, kind: keyof typeof STRATA, scale: "t" | "logit" | "beta") {
  const strata = STRATA[kind];
  const truth = strata.reduce((sum, { N, p }) => sum + (N / 1e6) * p, 0);
  const sampled = strata.map(({ N, n, p }) => ({ N, n, positives: random.binomial(n, p) }));
  const found = stratifiedPrevalence(sampled, LEVEL, true);
  if (scale === "t" || found.estimate === null || found.se === null || found.df === null)
    return { interval: found, truth };
  const share = { estimate: found.estimate, se: found.se, df: found.df, n: 1200 };
  return { interval: (scale === "logit" ? logitShareInterval : kornGraubard)(share, LEVEL), truth };
}

/** Metric correlated with its value before (r = 0.8), true effect 0.1. */
function cupedArm(random: Random, shift: number) {
  const sums = { n: 200, post: 0, post2: 0, pre: 0, pre2: 0, postPre: 0 };
  for (let i = 0; i < sums.n; i++) {
    const pre = random.exponential();
    const post = shift + 0.8 * pre + 0.6 * random.exponential();
    sums.post += post;
    sums.post2 += post * post;
    sums.pre += pre;
    sums.pre2 += pre * pre;
    sums.postPre += post * pre;
  }
  return sums;
}

/** Two raters who agree on 80 % beyond drawing anew; true kappa 0.8. */
function drawKappa(random: Random, items: number) {
  const table = [
    [0, 0],
    [0, 0],
  ];
  for (let i = 0; i < items; i++) {
    const first = random.next() < 0.3 ? 1 : 0;
    const second = random.next() < 0.8 ? first : random.next() < 0.3 ? 1 : 0;
    const row = table[first] as number[];
    row[second] = (row[second] ?? 0) + 1;
  }
  return { interval: cohenKappa(table, "none", LEVEL), truth: 0.8 };
}

/** 24 clusters of 8 with a shared shock (ICC 0.3), half of them treated, true effect 0.5. */
function drawClusters(random: Random) {
  const rows = Array.from({ length: 24 }, (_, cluster) => {
    const treated = cluster % 2;
    const shock = Math.sqrt(0.3) * random.normal();
    return Array.from({ length: 8 }, () => ({
      y: 0.5 * treated + shock + Math.sqrt(0.7) * random.normal(),
      x: [1, treated],
      cluster,
    }));
  }).flat();
  const fit = clusteredRegression(rows, false);
  if (!fit) throw new Error("the simulated clusters are not identified");
  const { se, df } = fit.cr2(1);
  const estimate = fit.coefficients[1] ?? 0;
  const margin = tCritical(LEVEL, df) * se;
  return { interval: { low: estimate - margin, high: estimate + margin }, truth: 0.5 };
}

/** Σw·y/Σw with w = 1/π, π uneven, Wilson on n_eff = (Σw)²/Σw² (metrics of the QA sample). */
function drawWeightedShare(random: Random) {
  let [sw, swy, sw2] = [0, 0, 0];
  for (let i = 0; i < 600; i++) {
    const w = random.next() < 0.5 ? 1 : 4;
    const y = random.next() < 0.06 ? 1 : 0;
    sw += w;
    swy += w * y;
    sw2 += w * w;
  }
  const effective = (sw * sw) / sw2;
  return { interval: wilson((swy / sw) * effective, effective, LEVEL), truth: 0.06 };
}

/** Durations log-normal, open cases censored at a uniform age; the truth is the quantile of the distribution. */
function drawKm(random: Random, q: number, n: number, quantile: number) {
  const points = sample(random, n, (r) => r.next()).map(() => {
    const time = Math.exp(random.normal());
    const age = 0.5 + 20 * random.next();
    return { time: Math.min(time, age), events: time <= age ? 1 : 0, censored: time <= age ? 0 : 1 };
  });
  return { interval: kmQuantile(points, q, LEVEL), truth: Math.exp(quantile) };
}

function ratioArm(random: Random, n: number, ratio: number) {
  const sums = { n, num: 0, num2: 0, den: 0, den2: 0, numDen: 0 };
  for (let i = 0; i < n; i++) {
    const den = 1 + random.poisson(6);
    const num = den * ratio * (0.4 + 1.2 * random.next());
    sums.num += num;
    sums.num2 += num * num;
    sums.den += den;
    sums.den2 += den * den;
    sums.numDen += num * den;
  }
  return sums;
}

/** Peeking: the interval is looked at after every 20 of 1,000 per arm; one miss at any look is a miss. */
function drawSequence(random: Random) {
  const one = { n: 0, sum: 0, squares: 0 };
  const two = { n: 0, sum: 0, squares: 0 };
  const moments = ({ n, sum, squares }: typeof one) => ({
    n,
    mean: sum / n,
    variance: (squares - sum ** 2 / n) / (n - 1),
  });
  for (let look = 0; look < 50; look++) {
    for (let i = 0; i < 20; i++) {
      for (const arm of [one, two]) {
        const value = random.exponential();
        arm.n += 1;
        arm.sum += value;
        arm.squares += value * value;
      }
    }
    const found = confidenceSequence(moments(one), moments(two), { alpha: 1 - LEVEL, tuning: 500, scale: "absolute" });
    if ((found.low ?? 0) > 0 || (found.high ?? 0) < 0) return { interval: { low: 1, high: 1 }, truth: 0 };
  }
  return { interval: { low: -1, high: 1 }, truth: 0 };
}

const METHODS: readonly Method[] = [
  shareMethod("Wilson", "mean", wilson),
  shareMethod("Clopper–Pearson", "floor", clopperPearson),
  shareMethod("Jeffreys", "mean", jeffreys),
  shareMethod("Agresti–Coull", "floor", agrestiCoull),
  shareMethod("Wilson, continuity-corrected", "floor", wilsonContinuity),
  shareMethod("Wald", "none", wald),
  differenceMethod("Newcombe", "mean", (x1, n1, x2, n2) => newcombe(x1, n1, x2, n2, LEVEL)),
  differenceMethod("Miettinen–Nurminen", "mean", (x1, n1, x2, n2) => miettinenNurminen({ x1, n1, x2, n2 }, LEVEL)),
  differenceMethod("Agresti–Caffo", "mean", (x1, n1, x2, n2) => agrestiCaffo({ x1, n1, x2, n2 }, LEVEL)),
  ...(["large", "none"] as const).flatMap((promise) => {
    const few = promise === "none" ? ", few events" : "";
    return [
      differenceMethod(
        `Risk ratio (Katz)${few}`,
        promise,
        (x1, n1, x2, n2) => riskRatio({ x1, n1, x2, n2 }, LEVEL),
        (p1, p2) => p2 / p1,
      ),
      differenceMethod(
        `Odds ratio (Woolf)${few}`,
        promise,
        (x1, n1, x2, n2) => oddsRatio({ x1, n1, x2, n2 }, LEVEL),
        (p1, p2) => (p2 * (1 - p1)) / (p1 * (1 - p2)),
      ),
    ];
  }),
  differenceMethod("Wald difference", "none", (x1, n1, x2, n2) => unpooledZTest({ x1, n1, x2, n2 }, LEVEL)),
  {
    name: "t interval",
    promise: "mean",
    cases: [
      {
        name: "normal, n = 8",
        draw: (random) =>
          meanCase(
            sample(random, 8, (r) => r.normal()),
            0,
          ),
      },
      {
        name: "log-normal (σ = 0.75), n = 200",
        draw: (random) => meanCase(sample(random, 200, logNormal), LOG_NORMAL_MEAN),
      },
    ],
  },
  {
    name: "Welch difference",
    promise: "mean",
    cases: [
      {
        name: "n = 15 and 40, sd 1 and 3",
        draw: (random) => {
          const [a, b] = [sample(random, 15, (r) => r.normal()), sample(random, 40, (r) => 3 * r.normal())];
          return { interval: welchTest(momentsOf(a), momentsOf(b), LEVEL), truth: 0 };
        },
      },
      {
        name: "log-normal, n = 150 each",
        draw: (random) => {
          const [a, b] = [sample(random, 150, logNormal), sample(random, 150, logNormal)];
          return { interval: welchTest(momentsOf(a), momentsOf(b), LEVEL), truth: 0 };
        },
      },
    ],
  },
  ...(
    [
      ["Fieller lift", fiellerLift],
      ["Log ratio of means", logRatio],
      ["Delta lift", deltaLift],
    ] as const
  ).map(
    ([name, method]): Method => ({
      name,
      promise: "mean",
      cases: [{ name: "exponential, n = 200 each, true lift 10 %", draw: (random) => liftCase(random, method) }],
    }),
  ),
  {
    name: "Ratio metric (delta)",
    promise: "mean",
    cases: [
      {
        name: "200 units each",
        draw: (random) => ({
          interval: ratioEffect(ratioArm(random, 200, 1), ratioArm(random, 200, 1.05), "absolute", LEVEL),
          truth: 0.05,
        }),
      },
    ],
  },
  {
    name: "Garwood rate",
    promise: "floor",
    cases: [1.5, 8, 60].map((mean) => ({
      name: `mean count ${mean}`,
      draw: (random: Random) => ({ interval: poissonRate(random.poisson(mean), 1, LEVEL), truth: mean }),
    })),
  },
  {
    name: "Stratified prevalence, t",
    promise: "mean",
    cases: [{ name: "quota 600/300/300, 20–50 %", draw: (random) => drawPrevalence(random, "common", "t") }],
  },
  {
    name: "Stratified prevalence, t, rare",
    promise: "none",
    cases: [{ name: "quota 600/300/300, 2–40 %", draw: (random) => drawPrevalence(random, "rare", "t") }],
  },
  {
    name: "Stratified prevalence, logit, rare",
    promise: "mean",
    cases: [{ name: "quota 600/300/300, 2–40 %", draw: (random) => drawPrevalence(random, "rare", "logit") }],
  },
  {
    name: "Stratified prevalence, Korn–Graubard, rare",
    promise: "floor",
    cases: [{ name: "quota 600/300/300, 2–40 %", draw: (random) => drawPrevalence(random, "rare", "beta") }],
  },
  {
    name: "CUPED",
    promise: "mean",
    cases: [
      {
        name: "200 units each, r = 0.8",
        draw: (random) => ({
          interval: cuped(cupedArm(random, 0), cupedArm(random, 0.1), "absolute", LEVEL),
          truth: 0.1,
        }),
      },
    ],
  },
  {
    name: "Cohen's κ",
    promise: "large",
    cases: [{ name: "1,500 items, κ = 0.8", draw: (random) => drawKappa(random, 1500) }],
  },
  {
    name: "Cohen's κ, few items",
    promise: "none",
    cases: [{ name: "300 items, κ = 0.8", draw: (random) => drawKappa(random, 300) }],
  },
  { name: "Clusters, CR2", promise: "mean", cases: [{ name: "24 clusters of 8, ICC 0.3", draw: drawClusters }] },
  {
    name: "Rate ratio, exact",
    promise: "floor",
    cases: [{ name: "mean counts 8 and 24", draw: (random) => rateCase(random, rateRatioExact, 1) }],
  },
  {
    name: "Rate ratio, log",
    promise: "large",
    cases: [{ name: "mean counts 80 and 240", draw: (random) => rateCase(random, rateRatioWald, 10) }],
  },
  {
    name: "Rate ratio, log, few events",
    promise: "none",
    cases: [{ name: "mean counts 8 and 24", draw: (random) => rateCase(random, rateRatioWald, 1) }],
  },
  {
    name: "Weighted share, Wilson on n_eff",
    promise: "mean",
    cases: [{ name: "weights 1 and 4, n = 600, p = 0.06", draw: drawWeightedShare }],
  },
  ...(
    [
      ["Hájek mean", "large", 2000],
      ["Hájek mean, small and skew", "none", 300],
    ] as const
  ).map(
    ([name, promise, n]): Method => ({
      name,
      promise,
      cases: [{ name: `π from 0.1 to 0.5, log-normal, n = ${n}`, draw: (random) => hajekCase(random, n) }],
    }),
  ),
  {
    name: "Kaplan–Meier quantile (log–log)",
    promise: "mean",
    cases: [
      { name: "p50, n = 200", draw: (random) => drawKm(random, 0.5, 200, 0) },
      { name: "p95, n = 400", draw: (random) => drawKm(random, 0.95, 400, 1.644_853_626_951_472_2) },
    ],
  },
  {
    name: "Confidence sequence, looked at 50 times",
    promise: "floor",
    cases: [{ name: "exponential, up to 1,000 an arm", draw: drawSequence }],
  },
];

function hajekCase(random: Random, n: number) {
  const pi = sample(random, n, (r) => 0.1 + 0.4 * r.next());
  return { interval: hajekMean({ y: pi.map(() => logNormal(random)), pi }, LEVEL), truth: LOG_NORMAL_MEAN };
}

function rateCase(random: Random, method: typeof rateRatioExact, scale: number) {
  const rates = { x1: random.poisson(8 * scale), exposure1: 1, x2: random.poisson(24 * scale), exposure2: 2 };
  return { interval: method(rates, LEVEL), truth: 1.5 };
}

function liftCase(random: Random, method: typeof deltaLift | typeof logRatio | typeof fiellerLift) {
  const first = momentsOf(sample(random, 200, (r) => r.exponential()));
  const second = momentsOf(sample(random, 200, (r) => 1.1 * r.exponential()));
  return { interval: method(first, second, LEVEL), truth: 0.1 };
}

function meanCase(values: readonly number[], truth: number) {
  const { n, mean, variance } = momentsOf(values);
  return { interval: tInterval(mean, variance, n, LEVEL), truth };
}

function covered({ low, high }: Limits, truth: number): boolean {
  return low !== null && high !== null && low <= truth && truth <= high;
}

function coverage({ draw }: Case, seed: number): number {
  const random = new Random(seed);
  let hits = 0;
  for (let i = 0; i < DRAWS; i++) {
    const { interval, truth } = draw(random);
    if (covered(interval, truth)) hits += 1;
  }
  return hits / DRAWS;
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const WORDS: Readonly<Record<Promise95, string>> = {
  mean: "95 % on average",
  large: "95 % in large samples",
  floor: "at least 95 %",
  none: "nothing",
};

function report(): { table: string; failures: string[] } {
  const lines = ["| method | promises | mean | by case |", "|---|---|---|---|"];
  const failures: string[] = [];
  METHODS.forEach((method, m) => {
    const found = method.cases.map((item, c) => ({ name: item.name, share: coverage(item, SEED + 100 * m + c) }));
    const mean = found.reduce((sum, { share }) => sum + share, 0) / found.length;
    const cells = found.map(({ name, share }) => `${name}: ${percent(share)}`).join("; ");
    lines.push(`| ${method.name} | ${WORDS[method.promise]} | ${percent(mean)} | ${cells} |`);
    if ((method.promise === "mean" || method.promise === "large") && Math.abs(mean - LEVEL) > 0.01)
      failures.push(`${method.name}: ${percent(mean)}`);
    if (method.promise === "floor" && mean < LEVEL - 0.01) failures.push(`${method.name}: ${percent(mean)}`);
  });
  return { table: lines.join("\n"), failures };
}

const { table, failures } = report();
process.stdout.write(`${table}\n`);
if (process.argv.includes("--write")) {
  const path = new URL("../docs/statistics.md", import.meta.url);
  const text = readFileSync(path, "utf8");
  const written = text.replace(
    /<!-- coverage -->[\s\S]*<!-- \/coverage -->/,
    `<!-- coverage -->\n${table}\n<!-- /coverage -->`,
  );
  writeFileSync(path, written);
}
for (const failure of failures) process.stderr.write(`off by more than 1 point: ${failure}\n`);
process.exitCode = failures.length > 0 ? 1 : 0;
