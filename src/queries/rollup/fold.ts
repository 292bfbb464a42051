import { DayOfSecond, HOUR, OWN } from "./calendar.ts";
import type { Cuboid } from "./cuboids.ts";
import { Cells, mixed, type Width } from "./fold-cells.ts";
import { Dictionary, Fields, RowReader } from "./scan-row.ts";
import type { Stream } from "./streams.ts";

/** A date's cells in one cuboid. */
export interface CellGroup {
  readonly cuboid: Cuboid;
  /** Day number, or hours since the epoch of an hourly cuboid. */
  readonly time: number;
  /** One entry a cell. */
  readonly values: readonly (readonly (string | null)[])[];
  readonly numbers: readonly Float64Array[];
  /** Per cell, per histogram: bin → events, censored, Σ seconds. */
  readonly bins: readonly (readonly ReadonlyMap<number, Float64Array>[])[];
}

export interface PassOptions {
  /** Streams that are read in one scan (`passesOf`), with the cuboids of each. */
  readonly targets: readonly { readonly stream: Stream; readonly cuboids: readonly Cuboid[] }[];
  /** The dimension whose values have zones of their own, and those zones. */
  readonly zoned: { readonly dimension: string; readonly zones: ReadonlyMap<string, string> } | null;
  /** Dates to gather, as day numbers, half-open. */
  readonly first: number;
  readonly end: number;
}

/** The rows of one scan, each folded into the cells of every stream that it belongs to. */
export class Pass {
  /** In the order of the targets. */
  readonly folds: readonly Fold[];
  readonly #dictionaries: readonly Dictionary[];
  readonly #zonedAt: number;
  readonly #zones: PassOptions["zoned"];
  readonly #fields = new Fields();
  readonly #codes: Int32Array;

  constructor(options: PassOptions) {
    const { targets, zoned } = options;
    const dimensions = targets[0]?.stream.dimensions ?? [];
    this.#dictionaries = dimensions.map(() => new Dictionary());
    this.#codes = new Int32Array(dimensions.length);
    this.#zonedAt = zoned ? dimensions.indexOf(zoned.dimension) : -1;
    this.#zones = zoned;
    this.folds = targets.map(({ stream, cuboids }) => new Fold(stream, cuboids, this.#dictionaries, options));
  }

  /** One line of the scan, tab-separated as COPY writes it. */
  push(buffer: Buffer, start: number, end: number): void {
    const fields = this.#fields.over(buffer, start, end);
    for (let at = 0; at < this.#dictionaries.length; at += 1) {
      this.#codes[at] = (this.#dictionaries[at] as Dictionary).codeOf(fields.next());
    }
    const second = fields.next().number();
    const zone = this.#zonedAt < 0 ? undefined : this.#zoneOf(this.#codes[this.#zonedAt] as number);
    for (const fold of this.folds) fold.read(fields, this.#codes, second, zone);
  }

  #zoneOf(code: number): string | undefined {
    const value = this.#dictionaries[this.#zonedAt]?.values[code];
    return value == null ? undefined : this.#zones?.zones.get(value);
  }
}

/**
 * Sums a stream's rows into the cells of all its cuboids at once. A cell is found by arithmetic on the numbers of its values, so that a row
 * costs an addition per slot and cuboid; cuboids that another one contains are summed from it at the end.
 */
class Fold {
  /** Rows by UTC date, and of them those whose zoned value has no zone. */
  readonly rows = new Map<number, { rows: number; strays: number }>();
  readonly #calendars: FoldCalendar[];
  readonly #utc = new DayOfSecond("UTC");
  readonly #row: RowReader;

  constructor(
    stream: Stream,
    cuboids: readonly Cuboid[],
    dictionaries: readonly Dictionary[],
    dates: Pick<PassOptions, "first" | "end">,
  ) {
    this.#row = new RowReader(stream);
    const width = { slots: stream.slots.length, histograms: stream.histograms.length };
    const names = [...new Set(cuboids.map(({ calendar }) => calendar))];
    this.#calendars = names.map((name) => {
      const own = cuboids.filter(({ calendar }) => calendar === name);
      return new FoldCalendar(name, own, stream.dimensions, dictionaries, width, dates);
    });
  }

  /** Takes the stream's own fields of a line; a row that is not the stream's is passed over. */
  read(fields: Fields, codes: Int32Array, second: number, zone: string | undefined): void {
    if (!this.#row.read(fields)) return;
    this.#count(this.#utc.of(second), zone === undefined);
    for (const calendar of this.#calendars) calendar.add(second, zone, codes, this.#row);
  }

  #count(day: number, stray: boolean): void {
    const known = this.rows.get(day) ?? { rows: 0, strays: 0 };
    known.rows += 1;
    if (stray) known.strays += 1;
    this.rows.set(day, known);
  }

  /** Every cell, cuboid by cuboid and time by time; what a cuboid shares with a wider one is summed here. */
  *groups(): Generator<CellGroup> {
    for (const calendar of this.#calendars) yield* calendar.groups();
  }
}

export type { Fold };

/** The cells of one calendar, a page for each of its times. */
class FoldCalendar {
  readonly #name: string;
  readonly #direct: readonly Layout[];
  readonly #derived: readonly { readonly layout: Layout; readonly from: Layout }[];
  readonly #dictionaries: readonly Dictionary[];
  readonly #width: Width;
  readonly #dates: Pick<PassOptions, "first" | "end">;
  readonly #days = new Map<string, DayOfSecond>();
  readonly #pages = new Map<number, readonly Cells[]>();
  #lastTime = Number.NaN;
  #lastPage: readonly Cells[] = [];

  constructor(
    name: string,
    cuboids: readonly Cuboid[],
    dimensions: readonly string[],
    dictionaries: readonly Dictionary[],
    width: Width,
    dates: Pick<PassOptions, "first" | "end">,
  ) {
    this.#name = name;
    this.#dictionaries = dictionaries;
    this.#width = width;
    this.#dates = dates;
    const layouts = cuboids.map((cuboid) => ({
      cuboid,
      at: cuboid.dimensions.map((dimension) => dimensions.indexOf(dimension)),
    }));
    const widerOf = (one: Layout): Layout | undefined =>
      layouts.find(
        (other) =>
          other.at.length > one.at.length &&
          one.at.every((at) => other.at.includes(at)) &&
          (other.cuboid.histograms || !one.cuboid.histograms),
      );
    this.#direct = layouts.filter((one) => !widerOf(one));
    this.#derived = layouts.flatMap((layout) => {
      const from = widerOf(layout);
      return from ? [{ layout, from }] : [];
    });
  }

  add(second: number, zone: string | undefined, codes: Int32Array, row: RowReader): void {
    const time = this.#timeOf(second, zone);
    if (time === null) return;
    const page = this.#page(time);
    for (let index = 0; index < this.#direct.length; index += 1) {
      const { at, cuboid } = this.#direct[index] as Layout;
      let key = 0;
      let hash = 0;
      for (let part = 0; part < at.length; part += 1) {
        const code = codes[at[part] as number] as number;
        key = key * CODES_MAX + code;
        hash = mixed(hash, code);
      }
      (page[index] as Cells).add(key, hash, row, cuboid.histograms);
    }
  }

  #page(time: number): readonly Cells[] {
    if (time === this.#lastTime) return this.#lastPage;
    let page = this.#pages.get(time);
    if (!page) {
      page = this.#direct.map(() => new Cells(this.#width));
      this.#pages.set(time, page);
    }
    this.#lastTime = time;
    this.#lastPage = page;
    return page;
  }

  /** The row's time in this calendar; null outside the dates gathered, or where it has no days of its own. */
  #timeOf(second: number, zone: string | undefined): number | null {
    const { first, end } = this.#dates;
    if (this.#name === HOUR) {
      const hour = Math.floor(second / 3_600);
      return hour >= first * 24 && hour < end * 24 ? hour : null;
    }
    const named = this.#name === OWN ? zone : this.#name;
    if (named === undefined) return null;
    let days = this.#days.get(named);
    if (!days) {
      days = new DayOfSecond(named);
      this.#days.set(named, days);
    }
    const day = days.of(second);
    return day >= first && day < end ? day : null;
  }

  *groups(): Generator<CellGroup> {
    for (const [time, page] of [...this.#pages].sort(([a], [b]) => a - b)) {
      const known = new Map(this.#direct.map((layout, index) => [layout, page[index] as Cells]));
      for (const [layout, cells] of known) yield this.#group(layout, time, cells);
      // Widest first, so that one derived from a derived one finds it summed.
      for (const { layout, from } of [...this.#derived].sort((a, b) => b.layout.at.length - a.layout.at.length)) {
        const cells = derive(known.get(from) as Cells, from, layout, this.#width);
        known.set(layout, cells);
        yield this.#group(layout, time, cells);
      }
    }
  }

  #group(layout: Layout, time: number, cells: Cells): CellGroup {
    const keys = cells.keys();
    return {
      cuboid: layout.cuboid,
      time,
      values: keys.map((key) =>
        decode(key, layout.at.length).map(
          (code, index) => this.#dictionaries[layout.at[index] as number]?.values[code] ?? null,
        ),
      ),
      numbers: keys.map((_, index) => cells.numbersOf(index)),
      bins: layout.cuboid.histograms ? cells.bins() : [],
    };
  }
}

interface Layout {
  readonly cuboid: Cuboid;
  /** Positions of its dimensions among the stream's. */
  readonly at: readonly number[];
}
/** Values of one dimension in one scan; three of them are a key that a double keeps exactly. */
const CODES_MAX = 131_072;

function decode(key: number, length: number): number[] {
  const codes: number[] = [];
  for (let rest = key, left = length; left > 0; left -= 1) {
    codes.unshift(rest % CODES_MAX);
    rest = Math.floor(rest / CODES_MAX);
  }
  return codes;
}

function derive(wide: Cells, from: Layout, to: Layout, width: Width): Cells {
  const narrow = new Cells(width);
  const positions = to.at.map((at) => from.at.indexOf(at));
  const into = wide.keys().map((key, index) => {
    const codes = decode(key, from.at.length);
    let narrowKey = 0;
    let hash = 0;
    for (const position of positions) {
      const code = codes[position] as number;
      narrowKey = narrowKey * CODES_MAX + code;
      hash = mixed(hash, code);
    }
    return narrow.merge(narrowKey, hash, wide.numbersOf(index));
  });
  if (to.cuboid.histograms) narrow.mergeBins(wide, into);
  return narrow;
}
