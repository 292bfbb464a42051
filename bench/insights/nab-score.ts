import { readdirSync, readFileSync } from "node:fs";

/** One file of the benchmark: readings and the labelled windows. */
export interface NabFile {
  readonly name: string;
  readonly stamps: readonly string[];
  readonly values: Float64Array;
  /** First and last index of each window. */
  readonly windows: readonly (readonly [number, number])[];
}

/** The published application profiles: what a hit is worth, a false alarm, a miss. */
export const PROFILES = {
  standard: { hit: 1, alarm: 0.11, miss: 1 },
  "low FP": { hit: 1, alarm: 0.22, miss: 1 },
  "low FN": { hit: 1, alarm: 0.11, miss: 2 },
} as const;
export type Profile = keyof typeof PROFILES;

export interface NabResult {
  /** 0 = the detector that never speaks, 100 = the perfect one. */
  readonly score: number;
  readonly threshold: number;
  readonly windowsFound: number;
  readonly falseAlarms: number;
}

/** All files of a folder with their windows. */
export function readNab(folder: string, labels: string): NabFile[] {
  const windows: Record<string, [string, string][]> = JSON.parse(readFileSync(labels, "utf8"));
  return Object.keys(windows).map((name) => {
    const [, ...lines] = readFileSync(`${folder}/${name}`, "utf8").trim().split(/\r?\n/);
    const stamps = lines.map((line) => line.split(",")[0] ?? "");
    const values = Float64Array.from(lines, (line) => Number(line.split(",")[1]));
    const place = (stamp: string): number => stamps.indexOf(stamp.slice(0, 19));
    return { name, stamps, values, windows: (windows[name] ?? []).map(([a, b]) => [place(a), place(b)] as const) };
  });
}

/** Anomaly scores of a detector as NAB's repository publishes them; null where a file is absent. */
export function publishedScores(folder: string, detector: string, files: readonly NabFile[]): Float64Array[] | null {
  try {
    return files.map(({ name }) => {
      const [group = "", file = ""] = name.split("/");
      const [, ...lines] = readFileSync(`${folder}/${detector}/${group}/${detector}_${file}`, "utf8")
        .trim()
        .split(/\r?\n/);
      return Float64Array.from(lines, (line) => Number(line.split(",")[2]));
    });
  } catch {
    return null;
  }
}

export const detectorsIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

/**
 * The benchmark's score at its best threshold, one for all files. In a window only the best placed alarm counts, by a sigmoid from the left
 * edge to the right; outside every alarm costs, less just behind a window. The first 15 % (at most 750 readings) are not scored.
 * Source: Lavin & Ahmad (2015) and the scoring rules of the public repository.
 */
export function scoreNab(files: readonly NabFile[], scores: readonly Float64Array[], profile: Profile): NabResult {
  const { hit, alarm, miss } = PROFILES[profile];
  const points = files.flatMap((file, i) => pointsOf(file, i, scores[i] ?? new Float64Array(0)));
  points.sort((a, b) => b.score - a.score);
  const parts = new Map<string, number>();
  for (const { window } of points) if (window !== null) parts.set(window, -miss);
  const count = parts.size;
  let total = -miss * count;
  let [falseAlarms, found] = [0, 0];
  let best = { raw: total, threshold: 1.1, windowsFound: 0, falseAlarms: 0 };
  points.forEach(({ score, window, gain }, i) => {
    if (i > 0 && score !== points[i - 1]?.score && total > best.raw)
      best = { raw: total, threshold: points[i - 1]?.score ?? 0, windowsFound: found, falseAlarms };
    if (window === null) {
      total += alarm * gain;
      falseAlarms += 1;
      return;
    }
    const before = parts.get(window) ?? -miss;
    const worth = (hit * gain) / scaledSigmoid(-1);
    if (before === -miss) found += 1;
    if (worth > before) {
      parts.set(window, worth);
      total += worth - before;
    }
  });
  const [nothing, perfect] = [-miss * count, hit * count];
  const { raw, ...rest } = best;
  return { ...rest, score: (100 * (raw - nothing)) / (perfect - nothing) };
}

const PROBATION = 0.15;

function pointsOf({ name, windows }: NabFile, file: number, scores: Float64Array) {
  const from = Math.min(Math.floor(PROBATION * scores.length), PROBATION * 5000);
  const points: { score: number; window: string | null; gain: number }[] = [];
  let [next, last] = [0, -1];
  for (let i = 0; i < scores.length; i++) {
    while (next < windows.length && i > (windows[next]?.[1] ?? 0)) last = next++;
    const window = windows[next];
    const inside = window !== undefined && i >= window[0];
    if (i < from) continue;
    const score = scores[i] ?? 0;
    if (inside) {
      const width = window[1] - window[0] + 1;
      points.push({ score, window: `${file} ${name} ${next}`, gain: scaledSigmoid(-(window[1] - i + 1) / width) });
    } else {
      const before = windows[last];
      const gain = before ? scaledSigmoid((i - before[1]) / (before[1] - before[0])) : -1;
      points.push({ score, window: null, gain });
    }
  }
  return points;
}

const scaledSigmoid = (position: number): number => (position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1);
