/**
 * Forecasts on published series, scored as in M4: sMAPE, MASE, OWA against Naive2, share inside the 80 % and 95 % bands, MSIS of the 95 %
 * band, CPU a series. `--every 10` takes each tenth series; `--write` puts the tables into docs/insights.md. The series are not part of
 * the project: sets that are absent are named and left out. Exit code 1 where a goal is missed on a whole set.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { COMPONENTS, historyOf, repeatSeason } from "../../src/insights/forecast/components.ts";
import { forecastValues } from "../../src/insights/forecast/forecast-values.ts";
import { intervalScore, seasonalNaiveError, smapePoint } from "../../src/insights/forecast/scores.ts";
import { adjusted, classicalIndices, isSeasonal, seasoned } from "../../src/insights/forecast/seasonal.ts";

const SERIES = "../shared/acceptance/series";
const DOCUMENT = "docs/insights.md";
const OURS = "**modstats: weighted combination**";

interface Goal {
  readonly owa: number;
  readonly cpuMs: number;
}
interface DataSet {
  readonly file: string;
  readonly title: string;
  readonly periods: readonly number[];
  readonly goal: Goal;
  /** Rows measured or published elsewhere: name, sMAPE, MASE, OWA, coverage of 95 %, MSIS, CPU ms. */
  readonly elsewhere: readonly string[];
}

const SETS: readonly DataSet[] = [
  {
    file: "nn5_14.json",
    title: "NN5 daily, 14 days ahead",
    periods: [7],
    goal: { owa: 0.694, cpuMs: 40 },
    elsewhere: [
      "| R forecast 8.20: ets ¹ | 23.24 | 0.917 | 0.710 | – | 93.6 % | 8.16 | 279 |",
      "| R forecast 8.20: thetaf ¹ | 23.62 | 0.941 | 0.725 | – | 94 % | 8.21 | 9 |",
      "| R forecast 8.20: stlm ¹ | 24.40 | 0.935 | 0.735 | – | 93.5 % | 8.92 | 25 |",
      "| augurs MSTL + ETS ¹ | 24.41 | 0.935 | 0.735 | – | 93.5 % | 8.92 | 12.7 |",
    ],
  },
  {
    file: "hourly.json",
    title: "M4 hourly, 48 hours ahead",
    periods: [24, 168],
    goal: { owa: 0.394, cpuMs: 88 },
    elsewhere: [
      "| Doornik, first of M4's hourly set ² | 8.913 | 0.801 | 0.410 | – | – | 6.14 | – |",
      "| Smyl, winner of M4 ² | 9.33 | 0.893 | 0.440 | – | – | 7.93 | – |",
      "| augurs MSTL + ETS ¹ | 13.677 | 1.100 | 0.602 | – | 86.5 % | 11.65 | 28 |",
      "| R forecast 8.20: thetaf ¹ | 18.1 | 2.46 | 1.006 | – | 93 % | 21.1 | 8 |",
    ],
  },
];

interface Task {
  readonly train: readonly number[];
  readonly test: readonly (number | null)[];
  readonly m: readonly number[];
  readonly h: readonly number[];
}
interface Made {
  readonly point: ArrayLike<number>;
  readonly bands?: readonly { readonly at80: Ends | null; readonly at95: Ends | null }[];
}
interface Ends {
  readonly low: number;
  readonly high: number;
}
type Method = (y: Float64Array, season: number, horizon: number) => Made | null;

const every = Number(argument("--every") ?? 1);
const tables: string[] = [];
let missed = false;
for (const set of SETS) {
  const path = `${SERIES}/${set.file}`;
  if (!existsSync(path)) {
    console.log(`${set.title}: ${path} is not there, left out.`);
    continue;
  }
  const tasks = (JSON.parse(readFileSync(path, "utf8")) as Task[]).filter((_, i) => i % every === 0);
  const { table, ours } = measure(set, tasks);
  tables.push(table);
  console.log(`${table}\n`);
  if (every === 1)
    missed ||=
      ours.owa > set.goal.owa || ours.cpuMs > set.goal.cpuMs || !(ours.inside95 >= 0.93 && ours.inside95 <= 0.97);
}
if (process.argv.includes("--write")) write(tables.join("\n\n"));
if (missed) process.exitCode = 1;

function measure(set: DataSet, tasks: readonly Task[]): { table: string; ours: Scores } {
  const methods: Record<string, Method> = {
    Naive2: (y, season, horizon) => ({ point: naive2(y, season, horizon) }),
    "seasonal naive": (y, season, horizon) => ({ point: repeatSeason(y, season, horizon) }),
    ...Object.fromEntries(
      Object.entries(COMPONENTS)
        .filter(([name]) => name !== "seasonal naive")
        .map(([name, component]): [string, Method] => [
          `only: ${name}`,
          (y, _, horizon) => {
            const point = component(historyOf(y, set.periods), horizon);
            return point && { point };
          },
        ]),
    ),
    [OURS]: (y, _, horizon) => combined(y, set.periods, horizon),
  };
  const scores = Object.entries(methods).flatMap(([name, method]) => {
    const own = scoreOf(method, tasks);
    return own ? [{ name, own }] : [];
  });
  const naive = scores[0]?.own;
  if (!naive) throw new Error(`${set.file} holds no series`);
  const rows = scores.map(({ name, own }) => ({
    name,
    own: { ...own, owa: (own.smape / naive.smape + own.mase / naive.mase) / 2 },
  }));
  const ours = rows[rows.length - 1]?.own ?? { ...naive, owa: 1 };
  const table = [
    `**${set.title}** (${tasks.length} series)`,
    "",
    "| method | sMAPE | MASE | OWA | inside 80 % | inside 95 % | MSIS | CPU ms |",
    "|---|---|---|---|---|---|---|---|",
    ...rows.map(({ name, own }) => rowOf(name, own)),
    ...set.elsewhere,
  ].join("\n");
  return { table, ours };
}

interface Scores {
  readonly smape: number;
  readonly mase: number;
  readonly owa: number;
  readonly inside80: number;
  readonly inside95: number;
  readonly msis: number;
  /** Median over the series. */
  readonly cpuMs: number;
}

/** Means over the series, as in M4; null where the method has nothing to say about one of them. */
function scoreOf(method: Method, tasks: readonly Task[]): Scores | null {
  const per: Scores[] = [];
  for (const { train, test, m, h } of tasks) {
    const y = Float64Array.from(train);
    const season = m[0] ?? 1;
    const before = process.cpuUsage();
    const made = method(y, season, h[0] ?? test.length);
    const spent = process.cpuUsage(before);
    if (!made) return null;
    per.push({
      ...scoreTask(made, test, seasonalNaiveError(y, season) ?? 1),
      cpuMs: (spent.user + spent.system) / 1_000,
    });
  }
  const mean = (read: (scores: Scores) => number): number => per.reduce((sum, own) => sum + read(own), 0) / per.length;
  return {
    smape: mean((own) => own.smape),
    mase: mean((own) => own.mase),
    owa: 1,
    inside80: mean((own) => own.inside80),
    inside95: mean((own) => own.inside95),
    msis: mean((own) => own.msis),
    cpuMs: per.map((own) => own.cpuMs).sort((a, b) => a - b)[per.length >> 1] ?? 0,
  };
}

function scoreTask(made: Made, test: Task["test"], scale: number): Scores {
  let [smape, mase, inside80, inside95, msis, count] = [0, 0, 0, 0, 0, 0];
  test.forEach((actual, j) => {
    if (actual === null) return;
    const point = made.point[j] ?? 0;
    const { at80 = null, at95 = null } = made.bands?.[j] ?? {};
    smape += smapePoint(actual, point);
    mase += Math.abs(actual - point) / scale;
    inside80 += at80 && actual >= at80.low && actual <= at80.high ? 1 : 0;
    inside95 += at95 && actual >= at95.low && actual <= at95.high ? 1 : 0;
    msis += at95 ? intervalScore(actual, at95.low, at95.high, 0.95) / scale : Number.NaN;
    count += 1;
  });
  return {
    smape: smape / count,
    mase: mase / count,
    owa: 1,
    inside80: inside80 / count,
    inside95: inside95 / count,
    msis: msis / count,
    cpuMs: 0,
  };
}

function combined(y: Float64Array, periods: readonly number[], horizon: number): Made | null {
  const made = forecastValues({ values: [...y], periods, horizon, range: { low: 0, high: Number.POSITIVE_INFINITY } });
  return (
    made && {
      point: made.steps.map(({ point }) => point),
      bands: made.steps.map(({ band80, band95 }) => ({ at80: band80, at95: band95 })),
    }
  );
}

/** The benchmark of M4: the last value, seasonally adjusted where the test at 90 % finds a season. */
function naive2(y: Float64Array, season: number, horizon: number): Float64Array {
  if (!isSeasonal(y, season)) return repeatSeason(y, 1, horizon);
  const indices = classicalIndices(y, season);
  return seasoned(repeatSeason(adjusted(y, indices), 1, horizon), indices, y.length);
}

function rowOf(name: string, { smape, mase, owa, inside80, inside95, msis, cpuMs }: Scores): string {
  const share = (value: number): string => (Number.isNaN(msis) ? "–" : `${(100 * value).toFixed(1)} %`);
  const cells = [smape.toFixed(3), mase.toFixed(3), owa.toFixed(4), share(inside80), share(inside95)];
  return `| ${[name, ...cells, Number.isNaN(msis) ? "–" : msis.toFixed(2), cpuMs.toFixed(1)].join(" | ")} |`;
}

function argument(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** Puts the tables between the two marks of the document. */
function write(text: string): void {
  const document = readFileSync(DOCUMENT, "utf8");
  const marks = /<!-- forecasts -->[\s\S]*<!-- \/forecasts -->/;
  if (!marks.test(document)) throw new Error(`${DOCUMENT} has no <!-- forecasts --> … <!-- /forecasts -->`);
  writeFileSync(
    DOCUMENT,
    document.replace(marks, () => `<!-- forecasts -->\n${text}\n<!-- /forecasts -->`),
  );
}
