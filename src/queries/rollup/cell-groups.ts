import type { Cuboid } from "./cuboids.ts";
import type { FoldCalendar } from "./fold-calendar.ts";
import type { Cells, DurationRun, Width } from "./fold-cells.ts";
import { type CellSet, keyOf, setOf } from "./fold-plan.ts";
import type { Dictionary } from "./scan-row.ts";
import type { Stream } from "./streams.ts";

/** A date's cells in one cuboid. */
export interface CellGroup {
  readonly cuboid: Cuboid;
  /** Day number, or hours since the epoch of an hourly cuboid. */
  readonly time: number;
  /** One entry a cell. */
  readonly values: readonly (readonly (string | null)[])[];
  readonly numbers: readonly Float64Array[];
  /** Per cell, per histogram; empty where the cuboid has none. */
  readonly durations: readonly (readonly DurationRun[])[];
}

/** Every cell of a stream to which a row adds anything, calendar by calendar and time by time. */
export function* groupsOf(
  { stream, cuboids, offset }: { readonly stream: Stream; readonly cuboids: readonly Cuboid[]; readonly offset: Width },
  calendars: readonly FoldCalendar[],
  dictionaries: readonly Dictionary[],
  codes: Int32Array,
): Generator<CellGroup> {
  for (const { calendar, numbers, bins } of calendars) {
    const own = cuboids.filter((cuboid) => cuboid.calendar === calendar);
    if (own.length === 0) continue;
    for (const [time, sets] of numbers.sets()) {
      for (const cuboid of own) {
        const set = setOf(cuboid, stream.dimensions);
        const key = keyOf(set);
        const cells = sets.get(key);
        if (!cells) continue;
        const durations = cuboid.histograms ? (bins.sets().get(time)?.get(key) ?? null) : null;
        yield groupOf({ cuboid, time, set, cells, durations, stream, offset, dictionaries, codes });
      }
    }
  }
}

interface Grouping {
  readonly cuboid: Cuboid;
  readonly time: number;
  readonly set: CellSet;
  readonly cells: Cells;
  readonly durations: Cells | null;
  readonly stream: Stream;
  readonly offset: Width;
  readonly dictionaries: readonly Dictionary[];
  readonly codes: Int32Array;
}

function groupOf({ cuboid, time, set, cells, durations, stream, offset, dictionaries, codes }: Grouping): CellGroup {
  const parts = cuboid.dimensions.map((dimension) => {
    const at = stream.dimensions.indexOf(dimension);
    return { values: (dictionaries[at] as Dictionary).values, part: set.indexOf(at) };
  });
  const runs = durations ? stream.histograms.map((_, at) => durations.runs(offset.histograms + at)) : [];
  const values: (string | null)[][] = [];
  const numbers: Float64Array[] = [];
  const timed: DurationRun[][] = [];
  for (let index = 0; index < cells.count; index += 1) {
    const own = cells.numbersOf(index, offset.slots, stream.slots.length);
    if (own.every((number) => number === 0)) continue;
    values.push(parts.map(({ values: names, part }) => names[cells.codeOf(index, part)] ?? null));
    numbers.push(own);
    if (!cuboid.histograms) continue;
    cells.spreadCodes(index, codes);
    const found = durations ? durations.find(codes) : -1;
    timed.push(found < 0 ? [] : runs.map((byCell) => byCell[found] as DurationRun));
  }
  return { cuboid, time, values, numbers, durations: timed };
}
