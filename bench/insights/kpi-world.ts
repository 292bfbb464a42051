import { readFileSync } from "node:fs";
import { mstl } from "../../src/insights/forecast/stl.ts";
import { randomOf } from "./random.ts";

/** A real daily series without its own outliers, and what was planted in its last days. */
export interface KpiSeries {
  readonly id: string;
  readonly values: Float64Array;
  readonly events: readonly KpiEvent[];
}
export interface KpiEvent {
  readonly start: number;
  readonly days: number;
  /** In robust standard deviations of the STL remainder, signed. */
  readonly size: number;
}

export const EVALUATED_DAYS = 140;
const SPIKES = [4, 6, 9];
const SHIFTS = [2, 3, 5];
const SHIFT_DAYS = 10;
const EVENTS_A_SERIES = 3.4;

/**
 * Real series with injected events. Days beyond 3σ of the robust STL remainder first become what STL fits; then about 3.4 events a
 * series fall into its last 140 days, at least 16 days apart: one day of ±4, 6 or 9σ, or ten days of ±2, 3 or 5σ, not below 0.
 */
export function kpiWorld(series: readonly { id: string; values: Float64Array }[], seed: number): KpiSeries[] {
  const random = randomOf(seed);
  return series.map(({ id, values }) => {
    const { clean, sigma } = withoutOutliers(values);
    const events: KpiEvent[] = [];
    for (let start = clean.length - EVALUATED_DAYS + 3; start < clean.length - SHIFT_DAYS; start++) {
      const last = events[events.length - 1];
      if (last && start < last.start + last.days + 16) continue;
      if (random.uniform() > EVENTS_A_SERIES / (EVALUATED_DAYS - EVENTS_A_SERIES * 22)) continue;
      const spike = random.uniform() < 0.5;
      const sizes = spike ? SPIKES : SHIFTS;
      const size = (sizes[Math.floor(random.uniform() * 3)] ?? 0) * (random.uniform() < 0.5 ? -1 : 1);
      events.push({ start, days: spike ? 1 : SHIFT_DAYS, size });
    }
    const floor = Math.min(0, ...clean);
    for (const { start, days, size } of events)
      for (let t = start; t < start + days; t++) clean[t] = Math.max(floor, (clean[t] ?? 0) + size * sigma);
    return { id, values: clean, events };
  });
}

function withoutOutliers(values: Float64Array): { clean: Float64Array; sigma: number } {
  const { trend, seasonal, remainder } = mstl(values, [7], true);
  const sizes = remainder.map(Math.abs).sort();
  const sigma = 1.4826 * (sizes[sizes.length >> 1] ?? 0);
  const clean = values.map((_, t) => {
    const rest = remainder[t] ?? 0;
    return (trend[t] ?? 0) + (seasonal[0]?.[t] ?? 0) + (Math.abs(rest) <= 3 * sigma ? rest : 0);
  });
  return { clean, sigma };
}

/** Detection as scored: a global threshold on the scores of all series. */
export interface KpiResult {
  readonly threshold: number;
  readonly recall: number;
  readonly daysLate: number;
  readonly bySize: Readonly<Record<string, number>>;
}

/** Days in which a shift counts as caught, and days after its end that are neither right nor wrong. */
const CAUGHT_WITHIN = 5;
const GRACE = 7;

/** Recall at the threshold that gives that many false alarm days in 30 days of one series. Scores beyond the last 140 days are ignored. */
export function recallAt(world: readonly KpiSeries[], scores: readonly Float64Array[], falseAMonth: number): KpiResult {
  const quiet: number[] = [];
  world.forEach(({ values, events }, i) => {
    for (let t = values.length - EVALUATED_DAYS; t < values.length; t++) {
      const near = events.some(({ start, days }) => t >= start && t < start + days + (days > 1 ? GRACE : 0));
      if (!near) quiet.push(scores[i]?.[t] ?? 0);
    }
  });
  quiet.sort((a, b) => b - a);
  const threshold = quiet[Math.floor((falseAMonth * quiet.length) / 30)] ?? 0;
  const bySize: Record<string, [number, number]> = {};
  let [caught, all, delays] = [0, 0, 0];
  world.forEach(({ events }, i) => {
    for (const { start, days, size } of events) {
      const end = start + (days > 1 ? CAUGHT_WITHIN : 1);
      let at = start;
      while (at < end && !((scores[i]?.[at] ?? 0) > threshold)) at++;
      const key = `${days > 1 ? "shift" : "spike"} ${Math.abs(size)}`;
      const own = bySize[key] ?? [0, 0];
      bySize[key] = [own[0] + (at < end ? 1 : 0), own[1] + 1];
      all += 1;
      if (at >= end) continue;
      caught += 1;
      delays += at - start;
    }
  });
  return {
    threshold,
    recall: caught / all,
    daysLate: caught > 0 ? delays / caught : 0,
    bySize: Object.fromEntries(Object.entries(bySize).map(([key, [hit, of]]) => [key, hit / of])),
  };
}

/** The longest observed stretch of each NN5 series. */
export function nn5(path: string): { id: string; values: Float64Array }[] {
  const tasks: { id: string[]; train: number[]; test: (number | null)[] }[] = JSON.parse(readFileSync(path, "utf8"));
  const longest = new Map<string, { id: string; values: Float64Array }>();
  for (const { id, train, test } of tasks) {
    const name = (id[0] ?? "").split("-").slice(0, 2).join("-");
    const known = test.indexOf(null);
    const values = Float64Array.from(
      [...train, ...(known < 0 ? test : test.slice(0, known))].map((value) => value ?? 0),
    );
    if (values.length > (longest.get(name)?.values.length ?? 0)) longest.set(name, { id: name, values });
  }
  return [...longest.values()];
}
