/**
 * Forecasts on published series, scored as in M4: sMAPE, MASE, OWA against Naive2, share inside the 80 % and 95 % bands, MSIS of the 95 %
 * band, CPU a series. `--every 10` takes each tenth series; `--write` puts the tables into docs/insights.md. The series are not part of
 * the project: sets that are absent are named and left out. Where R has its package `forecast` (Debian: r-cran-forecast), it is run on the
 * same series, and its rows are kept in peers/forecast-r.json with `--write`, which is read where R is absent. Exit code 1 where a goal is
 * missed on a whole set.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { COMPONENTS, historyOf, repeatSeason } from "../../src/insights/forecast/components.ts";
import { forecastValues } from "../../src/insights/forecast/forecast-values.ts";
import { intervalScore, seasonalNaiveError, smapePoint } from "../../src/insights/forecast/scores.ts";
import { adjusted, classicalIndices, isSeasonal, seasoned } from "../../src/insights/forecast/seasonal.ts";
import { forecastByR, hasR, R_METHODS, type RMethod } from "./r-forecast.ts";

const SERIES = "../shared/acceptance/series";
const DOCUMENT = "docs/insights.md";
const R_ROWS = "bench/insights/peers/forecast-r.json";
const OURS = "**modstats: weighted combination**";

interface Goal {
  readonly owa: number;
  readonly cpuMs: number;
}
interface DataSet {
  readonly file: string;
  readonly title: string;
  readonly periods: readonly number[];
  /** Null = measured without a goal. */
  readonly goal: Goal | null;
  /** Every how many-th series R is given: its slowest method takes seconds a series. */
  readonly rEvery: Readonly<Record<RMethod, number>>;
  readonly tasks: (read: readonly Task[]) => readonly Task[];
  /** Rows published or measured elsewhere: name, sMAPE, MASE, OWA, coverage of 80 % and 95 %, MSIS, CPU ms. */
  readonly elsewhere: readonly string[];
}

const asRead = (tasks: readonly Task[]): readonly Task[] => tasks;

/**
 * NN5's series come twice, known up to 56 and up to 28 days before their end, each with 14 days to foretell: together they tell the first 42
 * of the competition's 56 days.
 */
function fortyTwoDays(tasks: readonly Task[]): readonly Task[] {
  return tasks.flatMap((early, i) => {
    const late = tasks[i + 1];
    const isPair = i % 2 === 0 && late !== undefined && late.train.length === early.train.length + 28;
    return isPair ? [{ ...early, test: [...late.train.slice(early.train.length), ...late.test], h: [42] }] : [];
  });
}

const SETS: readonly DataSet[] = [
  {
    file: "nn5_14.json",
    title: "NN5 daily, 14 days ahead",
    periods: [7],
    goal: { owa: 0.694, cpuMs: 40 },
    rEvery: { ets: 1, thetaf: 1, stlm: 1 },
    tasks: asRead,
    elsewhere: ["| augurs MSTL + ETS ¹ | 24.41 | 0.935 | 0.735 | – | 93.5 % | 8.92 | 12.7 |"],
  },
  {
    file: "nn5_14.json",
    title: "NN5 daily, 42 days ahead",
    periods: [7],
    goal: null,
    rEvery: { ets: 1, thetaf: 1, stlm: 1 },
    tasks: fortyTwoDays,
    elsewhere: [],
  },
  {
    file: "hourly.json",
    title: "M4 hourly, 48 hours ahead",
    periods: [24, 168],
    goal: { owa: 0.394, cpuMs: 88 },
    rEvery: { ets: 14, thetaf: 1, stlm: 1 },
    tasks: asRead,
    elsewhere: [
      "| Doornik, first of M4's hourly set ² | 8.913 | 0.801 | 0.410 | – | – | 6.14 | – |",
      "| Smyl, winner of M4 ² | 9.33 | 0.893 | 0.440 | – | – | 7.93 | – |",
      "| augurs MSTL + ETS ¹ | 13.677 | 1.100 | 0.602 | – | 86.5 % | 11.65 | 28 |",
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
  /** CPU time where it was not spent in this process. */
  readonly cpuMs?: number;
  readonly bands?: readonly { readonly at80: Ends | null; readonly at95: Ends | null }[];
}
interface Ends {
  readonly low: number;
  readonly high: number;
}
type Method = (y: Float64Array, season: number, horizon: number) => Made | null;

const every = Number(argument("--every") ?? 1);
const isWriting = process.argv.includes("--write");
const withR = hasR();
const rRows: Record<string, readonly string[]> = existsSync(R_ROWS) ? JSON.parse(readFileSync(R_ROWS, "utf8")) : {};
const tables: string[] = [];
let missed = false;
for (const set of SETS) {
  const path = `${SERIES}/${set.file}`;
  if (!existsSync(path)) {
    console.log(`${set.title}: ${path} is not there, left out.`);
    continue;
  }
  const tasks = set.tasks(JSON.parse(readFileSync(path, "utf8")) as Task[]).filter((_, i) => i % every === 0);
  const { table, own } = measure(set, tasks);
  tables.push(table);
  console.log(`${table}\n`);
  if (every === 1 && set.goal)
    missed ||= own.owa > set.goal.owa || own.cpuMs > set.goal.cpuMs || !(own.inside95 >= 0.93 && own.inside95 <= 0.97);
}
if (isWriting) write(tables.join("\n\n"));
if (missed) process.exitCode = 1;

function measure(set: DataSet, tasks: readonly Task[]): { table: string; own: Scores } {
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
    [OURS]: ours(set),
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
  const table = [
    `**${set.title}** (${tasks.length} series)`,
    "",
    "| method | sMAPE | MASE | OWA | inside 80 % | inside 95 % | MSIS | CPU ms |",
    "|---|---|---|---|---|---|---|---|",
    ...rows.map(({ name, own }) => rowOf(name, own)),
    ...rowsOfR(set, tasks),
    ...set.elsewhere,
  ].join("\n");
  return { table, own: rows[rows.length - 1]?.own ?? { ...naive, owa: 1 } };
}

function ours(set: DataSet): Method {
  return (y, _, horizon) => combined(y, set.periods, horizon);
}

/** R on the same series, in this run; where there is no R, the rows of the last run that had one. */
function rowsOfR(set: DataSet, tasks: readonly Task[]): readonly string[] {
  if (!withR) return rRows[set.title] ?? [];
  const rows = R_METHODS.map((method) => {
    const some = tasks.filter((_, i) => i % set.rEvery[method] === 0);
    const { version, made } = forecastByR(
      method,
      some.map(({ train, test, h }) => ({ values: train, seasons: set.periods, horizon: h[0] ?? test.length })),
    );
    const own = against(scoreMade(made, some), some);
    const part =
      some.length === tasks.length ? "" : ` (${some.length} of them, where modstats has ${owaOn(set, some)})`;
    return rowOf(`R forecast ${version}: ${method}${part}`, own);
  });
  rRows[set.title] = rows;
  if (isWriting && every === 1) writeFileSync(R_ROWS, `${JSON.stringify(rRows, null, 2)}\n`);
  return rows;
}

function owaOn(set: DataSet, tasks: readonly Task[]): string {
  const own = scoreOf(ours(set), tasks);
  return own ? against(own, tasks).owa.toFixed(4) : "–";
}

function against(own: Scores, tasks: readonly Task[]): Scores {
  const naive = scoreOf((y, season, horizon) => ({ point: naive2(y, season, horizon) }), tasks);
  return naive ? { ...own, owa: (own.smape / naive.smape + own.mase / naive.mase) / 2 } : own;
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

/** Null where the method has nothing to say about one of the series. */
function scoreOf(method: Method, tasks: readonly Task[]): Scores | null {
  const all: Made[] = [];
  for (const { train, test, m, h } of tasks) {
    const before = process.cpuUsage();
    const made = method(Float64Array.from(train), m[0] ?? 1, h[0] ?? test.length);
    const spent = process.cpuUsage(before);
    if (!made) return null;
    all.push({ ...made, cpuMs: (spent.user + spent.system) / 1_000 });
  }
  return scoreMade(all, tasks);
}

/** Means over the series, as in M4. */
function scoreMade(all: readonly Made[], tasks: readonly Task[]): Scores {
  const per = tasks.flatMap(({ train, test, m }, i) => {
    const made = all[i];
    if (!made) return [];
    const scale = seasonalNaiveError(Float64Array.from(train), m[0] ?? 1) ?? 1;
    return [{ ...scoreTask(made, test, scale), cpuMs: made.cpuMs ?? 0 }];
  });
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
