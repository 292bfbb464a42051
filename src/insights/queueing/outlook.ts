import { type Extra, NO_EXTRA, type QueueState, type Simulation, simulateQueue } from "./simulate.ts";

/** A number with the range that holds it in 80 of 100 cases. */
export interface Ranged {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export interface BreachOutlook {
  /** Chance that fewer than `target` of the cases due in time are decided in time. */
  readonly probability: number;
  readonly late: Ranged;
  readonly due: Ranged;
  /** Share decided in time. */
  readonly share: Ranged;
}

const PATHS = 800;
const SEED = 20_260_317;

/** p(breach) until the end of the queue's steps, with `extra` reviewer-hours. Deterministic. */
export function breachOutlook(
  queue: QueueState,
  dueWithin: number,
  target: number,
  extra: Extra = NO_EXTRA,
): BreachOutlook {
  const paths = simulateQueue(queue, extra, simulation(dueWithin));
  const shares = paths.map(({ due, late }) => (due > 0 ? 1 - late / due : 1));
  return {
    probability: shares.filter((share) => share < target).length / paths.length,
    late: rangeOf(paths.map(({ late }) => late)),
    due: rangeOf(paths.map(({ due }) => due)),
    share: rangeOf(shares),
  };
}

const simulation = (dueWithin: number): Simulation => ({ paths: PATHS, seed: SEED, dueWithin });

/** What one reviewer-hour is worth. */
export interface HourWorth {
  /** Cases that a reviewer decides in an hour on duty. */
  readonly casesPerHour: number;
  readonly stepsPerHour: number;
}

/** Reviewer-hours spread evenly over so many steps. */
export function hoursOver(hours: number, steps: number, { casesPerHour, stepsPerHour }: HourWorth): Extra {
  return { casesPerStep: (hours * casesPerHour) / steps, servers: (hours * stepsPerHour) / steps, steps };
}

const HOURS_MAX = 2_000;

/**
 * The least whole reviewer-hours, spread evenly until `dueWithin`, with which p(breach) is at most `target`: what a roster is short of. 0 where
 * it is so already; null where no number of hours helps, for what is late is late for other reasons than the load.
 */
export function hoursFor(
  queue: QueueState,
  dueWithin: number,
  share: number,
  worth: HourWorth,
  target: number,
): { readonly hours: number; readonly probability: number } | null {
  const chance = (hours: number): number =>
    breachOutlook(queue, dueWithin, share, hoursOver(hours, dueWithin, worth)).probability;
  const now = chance(0);
  if (now <= target) return { hours: 0, probability: now };
  let high = 1;
  while (chance(high) > target) {
    high *= 2;
    if (high > HOURS_MAX) return null;
  }
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (chance(middle) > target) low = middle;
    else high = middle;
  }
  const hours = Math.ceil(high);
  return { hours, probability: chance(hours) };
}

export interface ClearanceOutlook {
  /** Steps until it is clear; those of the paths that get there. Null where fewer than half of them do. */
  readonly steps: Ranged | null;
  /** Share of the paths that are clear within the steps looked at. */
  readonly clears: number;
  /** Median of what is open at the end of each step. */
  readonly backlog: readonly Ranged[];
}

/** When no more than `clearAt` cases are open for the first time. */
export function clearanceOutlook(queue: QueueState, clearAt: number, extra: Extra = NO_EXTRA): ClearanceOutlook {
  const paths = simulateQueue(queue, extra, simulation(0));
  const times = paths
    .map(({ backlog }) => (queue.open.length <= clearAt ? 0 : backlog.findIndex((open) => open <= clearAt) + 1))
    .map((steps) => (steps === 0 && queue.open.length > clearAt ? Number.POSITIVE_INFINITY : steps));
  const clears = times.filter((steps) => Number.isFinite(steps)).length / times.length;
  return {
    steps: clears >= 0.5 ? rangeOf(times) : null,
    clears,
    backlog: Array.from({ length: queue.inflow.length }, (_, t) =>
      rangeOf(paths.map(({ backlog }) => backlog[t] ?? 0)),
    ),
  };
}

/** Median and the 10 % and 90 % quantiles. */
function rangeOf(values: readonly number[]): Ranged {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { median: at(0.5), low: at(0.1), high: at(0.9) };
}
