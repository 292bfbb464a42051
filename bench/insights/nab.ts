/**
 * The Numenta Anomaly Benchmark: our streaming detector with one setting for all files, the threshold set as the protocol sets it (the best on
 * the corpus, for everyone). `--results DIR` (the folder `results` of the public repository) also scores every published detector's files.
 */
import { existsSync } from "node:fs";
import { NoveltyDetector } from "../../src/insights/detect/novelty.ts";
import { normalSf } from "../../src/insights/distributions/normal.ts";
import { detectorsIn, type NabFile, PROFILES, type Profile, publishedScores, readNab, scoreNab } from "./nab-score.ts";
import { goal, report, writeTable } from "./report.ts";

const SERIES = "../shared/acceptance/series";
const PUBLISHED = [
  "| ARTime ¹ | 74.9 | 65.2 | 80.4 |",
  "| Numenta HTM ¹ | 70.1 | 63.1 | 74.3 |",
  "| CAD OSE ¹ | 69.9 | 67.0 | 73.2 |",
  "| earthgecko Skyline ¹ | 58.2 | 46.2 | 63.8 |",
  "| KNN-CAD ¹ | 58.0 | 43.4 | 64.8 |",
  "| relative entropy ¹ | 54.6 | 47.6 | 58.8 |",
  "| random cut forest ¹ | 51.7 | 38.4 | 59.7 |",
  "| Twitter ADVec ¹ | 47.1 | 33.6 | 53.5 |",
  "| windowed Gaussian ¹ | 39.6 | 20.9 | 47.4 |",
];

if (existsSync(`${SERIES}/nab`)) run();
else console.log(`${SERIES}/nab is not there, left out.`);

function run(): void {
  const files = readNab(`${SERIES}/nab`, `${SERIES}/nab-labels/combined_windows.json`);
  const points = files.reduce((sum, { values }) => sum + values.length, 0);
  const started = performance.now();
  const ours = files.map(noveltyOf);
  const micros = ((performance.now() - started) * 1000) / points;
  const { score, threshold } = scoreNab(files, ours, "standard");
  goal("NAB, standard profile", score, score > 70);
  goal("microseconds a reading", micros, micros <= 1000);
  console.log(`threshold of the standard profile: ${threshold}`);
  const results = process.argv[process.argv.indexOf("--results") + 1];
  const checked = process.argv.includes("--results") && results ? checkedRows(results, files) : [];
  writeTable(
    "nab",
    [
      "| detector | standard | low FP | low FN |",
      "|---|---|---|---|",
      ...PUBLISHED,
      row(
        "windowed Gaussian, written anew",
        files,
        files.map(({ values }) => windowedGaussian(values)),
      ),
      row(
        "never speaks",
        files,
        files.map(({ values }) => new Float64Array(values.length)),
      ),
      row(`**modstats: novelty** (${micros.toFixed(1)} µs a reading)`, files, ours),
      ...checked,
    ].join("\n"),
  );
  report();
}

function row(name: string, files: readonly NabFile[], scores: readonly Float64Array[]): string {
  const cells = (Object.keys(PROFILES) as Profile[]).map((profile) =>
    scoreNab(files, scores, profile).score.toFixed(1),
  );
  return `| ${[name, ...cells].join(" | ")} |`;
}

/** Published anomaly scores through our scorer. */
const checkedRows = (folder: string, files: readonly NabFile[]): string[] =>
  detectorsIn(folder).flatMap((name) => {
    const scores = publishedScores(folder, name, files);
    return scores ? [row(`${name}, published files scored here`, files, scores)] : [];
  });

function noveltyOf({ stamps, values }: NabFile): Float64Array {
  const step = Date.parse(`${stamps[1]?.replace(" ", "T")}Z`) - Date.parse(`${stamps[0]?.replace(" ", "T")}Z`);
  const perDay = Math.round(86_400_000 / step);
  const detector = new NoveltyDetector(perDay >= 2 && perDay <= 1_440 ? perDay : 1);
  return values.map((value) => detector.next(value));
}

/** 1 − Q of the distance to the mean of up to 6,400 readings, the window moved on by 100. Source: NAB's detector of that name. */
function windowedGaussian(values: Float64Array): Float64Array {
  let window: number[] = [];
  let buffer: number[] = [];
  let [mean, sd] = [0, 1];
  const update = (): void => {
    mean = window.reduce((sum, value) => sum + value, 0) / window.length;
    sd = Math.sqrt(window.reduce((sum, value) => sum + (value - mean) ** 2, 0) / window.length) || 1e-6;
  };
  return values.map((value) => {
    const score = window.length > 0 ? 1 - normalSf(Math.abs(value - mean) / sd) : 0;
    if (window.length < 6400) {
      window.push(value);
      update();
    } else if (buffer.push(value) === 100) {
      window = [...window.slice(100), ...buffer];
      buffer = [];
      update();
    }
    return score;
  });
}
