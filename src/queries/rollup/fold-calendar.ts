import { type Calendar, DayOfSecond, HOUR, OWN } from "./calendar.ts";
import { Cells, type Width } from "./fold-cells.ts";
import { type CalendarPlan, type CellSet, contains, keyOf, type SetPlan } from "./fold-plan.ts";
import type { RowSums } from "./scan-row.ts";

/** What the calendars of a scan share. */
export interface Shared {
  /** Dates to gather, as day numbers, half-open. */
  readonly first: number;
  readonly end: number;
  readonly width: Width;
  /** Room for the codes of a row. */
  readonly codes: Int32Array;
  readonly zonedAt: number;
  readonly zoneOf: (code: number) => string | undefined;
}

/** The cells of one calendar. */
export class FoldCalendar {
  readonly calendar: Calendar;
  readonly numbers: FoldSets;
  readonly bins: FoldSets;
  readonly #shared: Shared;
  readonly #days = new Map<string, DayOfSecond>();

  constructor({ calendar, numbers, bins }: CalendarPlan, hours: FoldCalendar | null, shared: Shared) {
    const { width, codes, first, end } = shared;
    this.calendar = calendar;
    this.#shared = shared;
    const times = calendar === HOUR ? { from: first * 24, to: end * 24 } : { from: first, to: end };
    const daysOf: DaysOfHour = (hour, cells, set) => this.#daysOfHour(hour, cells, set);
    this.numbers = new FoldSets(
      numbers,
      { slots: width.slots, histograms: 0 },
      codes,
      times,
      hours?.numbers ?? null,
      daysOf,
    );
    this.bins = new FoldSets(
      bins,
      { slots: 0, histograms: width.histograms },
      codes,
      times,
      hours?.bins ?? null,
      daysOf,
    );
  }

  add(second: number, zone: string | undefined, row: RowSums): void {
    if (this.numbers.isSummed && this.bins.isSummed) return;
    const time = this.#timeOf(second, zone);
    if (time === null) return;
    const { codes } = this.#shared;
    for (const cells of this.numbers.page(time)) cells.add(codes, row);
    if (row.durations > 0) for (const cells of this.bins.page(time)) cells.addDurations(codes, row);
  }

  /** The row's time in this calendar; null outside the dates gathered, or where it has no days of its own. Hours serve the days of all zones. */
  #timeOf(second: number, zone: string | undefined): number | null {
    if (this.calendar === HOUR) return Math.floor(second / 3_600);
    const named = this.calendar === OWN ? zone : this.calendar;
    return named === undefined ? null : this.#dayOf(second, named);
  }

  #dayOf(second: number, zone: string): number | null {
    let days = this.#days.get(zone);
    if (!days) {
      days = new DayOfSecond(zone);
      this.#days.set(zone, days);
    }
    const day = days.of(second);
    return day >= this.#shared.first && day < this.#shared.end ? day : null;
  }

  /** The days that an hour's cells belong to: one, or in each value's own days several, with the cells of each. */
  #daysOfHour(hour: number, from: Cells, set: CellSet): [number, ((index: number) => boolean) | null][] {
    const second = hour * 3_600;
    if (this.calendar !== OWN) {
      const day = this.#dayOf(second, this.calendar);
      return day === null ? [] : [[day, null]];
    }
    const { zonedAt, zoneOf } = this.#shared;
    const part = set.indexOf(zonedAt);
    const days = Array.from({ length: from.count }, (_, index) => {
      const zone = zoneOf(from.codeOf(index, part));
      return zone === undefined ? null : this.#dayOf(second, zone);
    });
    const distinct = [...new Set(days)].filter((day) => day !== null);
    return distinct.map((day) => [day, (index) => days[index] === day]);
  }
}

type DaysOfHour = (hour: number, cells: Cells, set: CellSet) => [number, ((index: number) => boolean) | null][];

/** Numbers or bins of a calendar: for each of its times the cells that rows were added to, and those that are summed from them. */
class FoldSets {
  readonly #plan: SetPlan;
  readonly #width: Width;
  readonly #codes: Int32Array;
  readonly #times: { readonly from: number; readonly to: number };
  readonly #hours: FoldSets | null;
  readonly #daysOf: DaysOfHour;
  readonly #pages = new Map<number, readonly Cells[]>();
  #all: ReadonlyMap<number, ReadonlyMap<string, Cells>> | null = null;
  #lastTime = Number.NaN;
  #lastPage: readonly Cells[] = [];

  constructor(
    plan: SetPlan,
    width: Width,
    codes: Int32Array,
    times: { readonly from: number; readonly to: number },
    hours: FoldSets | null,
    daysOf: DaysOfHour,
  ) {
    this.#plan = plan;
    this.#width = width;
    this.#codes = codes;
    this.#times = times;
    this.#hours = hours;
    this.#daysOf = daysOf;
  }

  /** No row is added to any of its sets. */
  get isSummed(): boolean {
    return this.#plan.direct.length === 0;
  }

  /** The cells that a row of this time is added to. */
  page(time: number): readonly Cells[] {
    if (time === this.#lastTime) return this.#lastPage;
    let page = this.#pages.get(time);
    if (!page) {
      page = this.#plan.direct.map((set) => new Cells(set, this.#width));
      this.#pages.set(time, page);
    }
    this.#lastTime = time;
    this.#lastPage = page;
    return page;
  }

  /** By time, the cells of every set wanted. */
  sets(): ReadonlyMap<number, ReadonlyMap<string, Cells>> {
    if (this.#all) return this.#all;
    const { from, to } = this.#times;
    const sources = new Map<number, Source[]>();
    for (const [time, page] of this.#pages) {
      if (time < from || time >= to) continue;
      sources.set(
        time,
        this.#plan.direct.map((set, index) => ({ set, cells: page[index] as Cells })),
      );
    }
    for (const set of this.#plan.fromHours) this.#addHours(set, sources);
    this.#all = new Map([...sources].sort(([a], [b]) => a - b).map(([time, known]) => [time, this.#derived(known)]));
    return this.#all;
  }

  /** Sums the days of one set from its hours. */
  #addHours(set: CellSet, sources: Map<number, Source[]>): void {
    const hours = this.#hours as FoldSets;
    const index = hours.#plan.direct.indexOf(set);
    const byDay = new Map<number, Cells>();
    for (const [hour, page] of hours.#pages) {
      const from = page[index] as Cells;
      for (const [day, keeps] of this.#daysOf(hour, from, set)) {
        const into = byDay.get(day) ?? new Cells(set, this.#width);
        byDay.set(day, into);
        into.sum(from, this.#codes, keeps);
      }
    }
    for (const [day, cells] of byDay) sources.set(day, [...(sources.get(day) ?? []), { set, cells }]);
  }

  /** Every set wanted, each summed from the smallest one that contains it. */
  #derived(sources: readonly Source[]): ReadonlyMap<string, Cells> {
    const known = [...sources];
    const made = new Map<string, Cells>(known.map(({ set, cells }) => [keyOf(set), cells]));
    for (const set of [...this.#plan.wanted].sort((a, b) => b.length - a.length)) {
      if (made.has(keyOf(set))) continue;
      const wider = known.filter((source) => contains(source.set, set));
      const from = wider.reduce<Source | null>((a, b) => (!a || b.cells.count < a.cells.count ? b : a), null);
      if (!from) continue;
      const cells = new Cells(set, this.#width);
      cells.sum(from.cells, this.#codes);
      known.push({ set, cells });
      made.set(keyOf(set), cells);
    }
    return made;
  }
}

interface Source {
  readonly set: CellSet;
  readonly cells: Cells;
}
