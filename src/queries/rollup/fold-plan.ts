import { type Calendar, HOUR } from "./calendar.ts";
import type { Cuboid } from "./cuboids.ts";

/** The dimensions of a cell, as ascending positions among the stream's. */
export type CellSet = readonly number[];

/** Sets that rows are added to, and sets that are summed from hours. The other sets wanted are summed from these. */
export interface SetPlan {
  readonly direct: readonly CellSet[];
  readonly fromHours: readonly CellSet[];
  readonly wanted: readonly CellSet[];
}
/** How a calendar's cells come to be. */
export interface CalendarPlan {
  readonly calendar: Calendar;
  /** Counts and sums … */
  readonly numbers: SetPlan;
  /** … and duration bins, which few sets have and not every row adds to. */
  readonly bins: SetPlan;
}
export interface WantedSets {
  readonly numbers: readonly CellSet[];
  readonly bins: readonly CellSet[];
}

export interface PlanOptions {
  /** Distinct values of each dimension, as far as they are known. */
  readonly cardinalities: readonly number[];
  readonly rowsADay: number;
  /** Whether a calendar's days begin with an hour of UTC. */
  readonly hasWholeHours: (calendar: Calendar) => boolean;
}

/**
 * A row is added to as few sets as can be. Days are summed from the hours that are kept anyway, where they begin with a whole hour. Numbers of narrow sets
 * are summed from wider ones that hold several of them, as long as those are small: thirteen dimensions have 78 pairs, but 13 sets of four contain them all
 * (the lines of the projective plane of order three). Bins are not: a wide set has nearly as many of them as there are rows.
 */
export function planOf(wanted: ReadonlyMap<Calendar, WantedSets>, options: PlanOptions): CalendarPlan[] {
  const hourly = wanted.get(HOUR);
  const numbers = merged(widest(hourly?.numbers ?? []), HOUR, options);
  const bins = widest(hourly?.bins ?? []);
  return [...wanted].map(([calendar, sets]) => {
    if (calendar === HOUR) {
      return {
        calendar,
        numbers: { direct: numbers, fromHours: [], wanted: sets.numbers },
        bins: { direct: bins, fromHours: [], wanted: sets.bins },
      };
    }
    const isSummable = options.hasWholeHours(calendar);
    const rest = {
      numbers: left(sets.numbers, isSummable ? numbers : []),
      bins: left(sets.bins, isSummable ? bins : []),
    };
    return {
      calendar,
      numbers: { ...rest.numbers, direct: merged(rest.numbers.direct, calendar, options), wanted: sets.numbers },
      bins: { ...rest.bins, wanted: sets.bins },
    };
  });
}

/** What is summed from hours, and the widest sets of what is not. */
function left(sets: readonly CellSet[], hours: readonly CellSet[]): Pick<SetPlan, "direct" | "fromHours"> {
  const hourOf = (one: CellSet): CellSet | undefined => hours.find((hour) => contains(hour, one));
  return {
    fromHours: [
      ...new Set(
        sets.flatMap((one) => {
          const hour = hourOf(one);
          return hour ? [hour] : [];
        }),
      ),
    ],
    direct: widest(sets.filter((one) => hourOf(one) === undefined)),
  };
}

/** The set that a cuboid's cells are of. */
export const setOf = (cuboid: Cuboid, dimensions: readonly string[]): CellSet =>
  cuboid.dimensions.map((dimension) => dimensions.indexOf(dimension)).sort((a, b) => a - b);
export const keyOf = (set: CellSet): string => set.join();

export const contains = (wide: CellSet, one: CellSet): boolean => one.every((at) => wide.includes(at));

/** Those that no other one contains. */
const widest = (sets: readonly CellSet[]): CellSet[] =>
  sets.filter(
    (one, index) =>
      !sets.some((other, at) => at !== index && contains(other, one) && (!contains(one, other) || at < index)),
  );

/** Sets that together contain all of these, each grown by what brings the most of them in. */
function merged(sets: readonly CellSet[], calendar: Calendar, options: PlanOptions): CellSet[] {
  const rows = calendar === HOUR ? options.rowsADay / 24 : options.rowsADay;
  const cellsMax = Math.min(CELLS_MAX, rows / ROWS_PER_CELL_MIN);
  const made: CellSet[] = [];
  for (let missing = [...sets]; missing.length > 0; ) {
    let base = missing[0] as CellSet;
    for (let wider = grown(base, missing); wider; wider = grown(base, missing)) base = wider;
    missing = missing.filter((one) => !contains(base, one));
    made.push(base);
  }
  return made;

  function grown(base: CellSet, missing: readonly CellSet[]): CellSet | null {
    let best: { readonly set: CellSet; readonly value: number } | null = null;
    for (const other of missing) {
      if (contains(base, other)) continue;
      const set = [...new Set([...base, ...other])].sort((a, b) => a - b);
      const cells = set.reduce((product, at) => product * (options.cardinalities[at] ?? 1), 1);
      if (set.length > DIMENSIONS_MAX || cells > cellsMax) continue;
      const value = missing.filter((one) => contains(set, one)).length - cells / cellsMax;
      if (!best || value > best.value) best = { set, value };
    }
    return best?.set ?? null;
  }
}

/** Dimensions of a set that rows are added to. */
const DIMENSIONS_MAX = 6;
/** So many cells stay near the processor. */
const CELLS_MAX = 4_096;
/** Below this, summing the narrow sets from the wide one costs as much as adding each row to them. */
const ROWS_PER_CELL_MIN = 8;
