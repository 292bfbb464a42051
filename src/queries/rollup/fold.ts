import { binOf } from "../../kernel/duration-bins.ts";
import { DayOfSecond, HOUR, OWN } from "./calendar.ts";
import type { Cuboid } from "./cuboids.ts";
import { bitOf, scanOf } from "./scan.ts";
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

export interface FoldOptions {
  readonly stream: Stream;
  readonly cuboids: readonly Cuboid[];
  /** The dimension whose values have zones of their own, and those zones. */
  readonly zoned: { readonly dimension: string; readonly zones: ReadonlyMap<string, string> } | null;
  /** Dates to gather, as day numbers, half-open. */
  readonly first: number;
  readonly end: number;
}

/**
 * Sums streamed rows into the cells of all cuboids at once. A cell is found by arithmetic on the numbers of its values, so that a row costs
 * an addition per slot and cuboid; cuboids that another one contains are summed from it at the end.
 */
export class Fold {
  /** Rows by UTC date, and of them those whose zoned value has no zone. */
  readonly rows = new Map<number, { rows: number; strays: number }>();
  readonly #dictionaries: Dictionary[];
  readonly #calendars: FoldCalendar[];
  readonly #zonedAt: number;
  readonly #utc = new DayOfSecond("UTC");
  readonly #fields = new Fields();
  readonly #row: RowReader;
  readonly #options: FoldOptions;

  constructor(options: FoldOptions) {
    this.#options = options;
    const { stream, cuboids, zoned } = options;
    this.#dictionaries = stream.dimensions.map(() => new Dictionary());
    this.#zonedAt = zoned ? stream.dimensions.indexOf(zoned.dimension) : -1;
    this.#row = new RowReader(stream);
    const width = { slots: stream.slots.length, histograms: stream.histograms.length };
    const names = [...new Set(cuboids.map(({ calendar }) => calendar))];
    this.#calendars = names.map((name) => {
      const own = cuboids.filter(({ calendar }) => calendar === name);
      return new FoldCalendar(name, own, stream.dimensions, this.#dictionaries, width, options);
    });
  }

  /** One line of the scan, tab-separated as COPY writes it. */
  push(buffer: Buffer, start: number, end: number): void {
    const row = this.#row;
    const fields = this.#fields.over(buffer, start, end);
    for (let at = 0; at < this.#dictionaries.length; at += 1) {
      row.codes[at] = (this.#dictionaries[at] as Dictionary).codeOf(fields.next());
    }
    const second = fields.next().number();
    row.read(fields);
    const zone = this.#zonedAt < 0 ? undefined : this.#zoneOf(row.codes[this.#zonedAt] as number);
    this.#count(this.#utc.of(second), zone === undefined);
    for (const calendar of this.#calendars) calendar.add(second, zone, row);
  }

  #zoneOf(code: number): string | undefined {
    const value = this.#dictionaries[this.#zonedAt]?.values[code];
    return value == null ? undefined : this.#options.zoned?.zones.get(value);
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

/** The fields of a line one after another, read from the bytes: a string for each would cost more than all the adding. */
class Fields {
  buffer: Buffer = Buffer.alloc(0);
  from = 0;
  to = 0;
  /** Of the field's bytes. */
  hash = 0;
  #end = 0;

  over(buffer: Buffer, start: number, end: number): this {
    this.buffer = buffer;
    this.to = start - 1;
    this.#end = end;
    return this;
  }

  next(): this {
    this.from = this.to + 1;
    let hash = 7;
    let at = this.from;
    for (; at < this.#end; at += 1) {
      const byte = this.buffer[at] as number;
      if (byte === TAB) break;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    this.hash = hash;
    this.to = at;
    return this;
  }

  text(): string {
    return this.buffer.toString("utf8", this.from, this.to);
  }

  /** 0 for NULL. */
  number(): number {
    let value = 0;
    for (let at = this.from; at < this.to; at += 1) {
      const digit = (this.buffer[at] as number) - 48;
      if (digit < 0 || digit > 9) return this.buffer[this.from] === BACKSLASH ? 0 : Number(this.text());
      value = value * 10 + digit;
    }
    return value;
  }
}
const TAB = 9;
const BACKSLASH = 92;

/** Numbers values in order of appearance; NULL is one of them. Values are found by the hash of their bytes, which are then compared. */
class Dictionary {
  readonly values: (string | null)[] = [];
  readonly #bytes: Buffer[] = [];
  readonly #byHash = new Map<number, number[]>();
  #last = -1;

  codeOf(field: Fields): number {
    if (this.#last >= 0 && this.#is(this.#last, field)) return this.#last;
    const alike = this.#byHash.get(field.hash) ?? [];
    this.#last = alike.find((code) => this.#is(code, field)) ?? this.#learn(field, alike);
    return this.#last;
  }

  #learn(field: Fields, alike: readonly number[]): number {
    const text = field.text();
    const code = this.values.push(text === "\\N" ? null : unescaped(text)) - 1;
    this.#bytes.push(Buffer.from(text));
    this.#byHash.set(field.hash, [...alike, code]);
    return code;
  }

  #is(code: number, { buffer, from, to }: Fields): boolean {
    const bytes = this.#bytes[code] as Buffer;
    if (bytes.length !== to - from) return false;
    for (let at = 0; at < bytes.length; at += 1) if (bytes[at] !== buffer[from + at]) return false;
    return true;
  }
}

const ESCAPED: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };
/** A field of COPY's text format. */
const unescaped = (field: string): string =>
  field.includes("\\") ? field.replaceAll(/\\(.)/g, (_, letter: string) => ESCAPED[letter] ?? letter) : field;

/** What the row at hand adds: the slots that it counts in with their amounts, and its durations. */
class RowReader {
  readonly codes: Int32Array;
  readonly active: Int32Array;
  readonly added: Float64Array;
  activeCount = 0;
  readonly bins: Int32Array;
  readonly binSeconds: Float64Array;
  /** 0 = no duration, 1 = event, 2 = censored. */
  readonly binKinds: Uint8Array;
  readonly #slots: readonly RowSlot[];
  readonly #histograms: readonly RowHistogram[];
  readonly #masks: Float64Array;
  readonly #amounts: Float64Array;

  constructor(stream: Stream) {
    const scan = scanOf(stream);
    const amountAt = (amount: string | null): number => (amount === null ? -1 : scan.amounts.indexOf(amount as never));
    this.codes = new Int32Array(stream.dimensions.length);
    this.active = new Int32Array(stream.slots.length);
    this.added = new Float64Array(stream.slots.length);
    this.bins = new Int32Array(stream.histograms.length);
    this.binSeconds = new Float64Array(stream.histograms.length);
    this.binKinds = new Uint8Array(stream.histograms.length);
    this.#masks = new Float64Array(scan.masks);
    this.#amounts = new Float64Array(scan.amounts.length);
    this.#slots = stream.slots.map(({ where, amount, power }) => ({
      ...(bitOf(scan, where) ?? ALWAYS),
      amount: amountAt(amount),
      squared: power === 2,
    }));
    this.#histograms = stream.histograms.map(({ event, censored, seconds }) => ({
      event: bitOf(scan, event) ?? ALWAYS,
      censored: censored && (bitOf(scan, censored) ?? ALWAYS),
      seconds: amountAt(seconds),
    }));
  }

  read(fields: Fields): void {
    for (let at = 0; at < this.#masks.length; at += 1) this.#masks[at] = fields.next().number();
    for (let at = 0; at < this.#amounts.length; at += 1) this.#amounts[at] = fields.next().number();
    this.activeCount = 0;
    for (let index = 0; index < this.#slots.length; index += 1) {
      const slot = this.#slots[index] as RowSlot;
      if (!this.#holds(slot)) continue;
      const amount = slot.amount < 0 ? 1 : (this.#amounts[slot.amount] as number);
      if (amount === 0) continue;
      this.active[this.activeCount] = index;
      this.added[this.activeCount] = slot.squared ? amount * amount : amount;
      this.activeCount += 1;
    }
    for (let index = 0; index < this.#histograms.length; index += 1) {
      const { event, censored, seconds } = this.#histograms[index] as RowHistogram;
      const kind = this.#holds(event) ? 1 : censored && this.#holds(censored) ? 2 : 0;
      this.binKinds[index] = kind;
      if (kind === 0) continue;
      this.binSeconds[index] = this.#amounts[seconds] as number;
      this.bins[index] = binOf(this.#amounts[seconds] as number);
    }
  }

  #holds({ mask, bit }: Bit): boolean {
    return mask < 0 || Math.floor((this.#masks[mask] as number) / bit) % 2 === 1;
  }
}
interface Bit {
  readonly mask: number;
  readonly bit: number;
}
interface RowSlot extends Bit {
  readonly amount: number;
  readonly squared: boolean;
}
interface RowHistogram {
  readonly event: Bit;
  readonly censored: Bit | null;
  readonly seconds: number;
}
const ALWAYS: Bit = { mask: -1, bit: 0 };

/** The cells of one calendar, a page for each of its times. */
class FoldCalendar {
  readonly #name: string;
  readonly #direct: readonly Layout[];
  readonly #derived: readonly { readonly layout: Layout; readonly from: Layout }[];
  readonly #dictionaries: readonly Dictionary[];
  readonly #width: Width;
  readonly #options: FoldOptions;
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
    options: FoldOptions,
  ) {
    this.#name = name;
    this.#dictionaries = dictionaries;
    this.#width = width;
    this.#options = options;
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

  add(second: number, zone: string | undefined, row: RowReader): void {
    const time = this.#timeOf(second, zone);
    if (time === null) return;
    const page = this.#page(time);
    for (let index = 0; index < this.#direct.length; index += 1) {
      const { at, cuboid } = this.#direct[index] as Layout;
      let key = 0;
      for (let part = 0; part < at.length; part += 1) key = key * CODES_MAX + (row.codes[at[part] as number] as number);
      (page[index] as Cells).add(key, row, cuboid.histograms);
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
    const { first, end } = this.#options;
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
      bins: keys.map((_, index) => cells.binsOf(index)),
    };
  }
}

interface Layout {
  readonly cuboid: Cuboid;
  /** Positions of its dimensions among the stream's. */
  readonly at: readonly number[];
}
interface Width {
  readonly slots: number;
  readonly histograms: number;
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
  wide.keys().forEach((key, index) => {
    const codes = decode(key, from.at.length);
    let narrowKey = 0;
    for (const position of positions) narrowKey = narrowKey * CODES_MAX + (codes[position] as number);
    narrow.merge(narrowKey, wide.numbersOf(index), to.cuboid.histograms ? wide.binsOf(index) : []);
  });
  return narrow;
}

/** Cells of one cuboid at one time: numbers side by side in one array, found by key. */
class Cells {
  readonly #width: Width;
  readonly #index = new Map<number, number>();
  readonly #bins: Map<number, Float64Array>[][] = [];
  #numbers: Float64Array;

  constructor(width: Width) {
    this.#width = width;
    this.#numbers = new Float64Array(width.slots * 16);
  }

  keys(): number[] {
    return [...this.#index.keys()];
  }

  numbersOf(index: number): Float64Array {
    return this.#numbers.subarray(index * this.#width.slots, (index + 1) * this.#width.slots);
  }

  binsOf(index: number): readonly ReadonlyMap<number, Float64Array>[] {
    return this.#bins[index] ?? [];
  }

  add(key: number, row: RowReader, histograms: boolean): void {
    const index = this.#at(key);
    const base = index * this.#width.slots;
    const { active, added, activeCount } = row;
    const numbers = this.#numbers;
    for (let at = 0; at < activeCount; at += 1) {
      const slot = base + (active[at] as number);
      numbers[slot] = (numbers[slot] as number) + (added[at] as number);
    }
    if (!histograms) return;
    for (let at = 0; at < this.#width.histograms; at += 1) {
      const kind = row.binKinds[at] as number;
      if (kind === 0) continue;
      const bin = this.#binAt(index, at, row.bins[at] as number);
      if (kind === 1) {
        bin[0] = (bin[0] as number) + 1;
        bin[2] = (bin[2] as number) + (row.binSeconds[at] as number);
      } else bin[1] = (bin[1] as number) + 1;
    }
  }

  merge(key: number, numbers: Float64Array, bins: readonly ReadonlyMap<number, Float64Array>[]): void {
    const index = this.#at(key);
    const base = index * this.#width.slots;
    for (let at = 0; at < numbers.length; at += 1) {
      this.#numbers[base + at] = (this.#numbers[base + at] as number) + (numbers[at] as number);
    }
    bins.forEach((histogram, at) => {
      for (const [number, sums] of histogram) {
        const bin = this.#binAt(index, at, number);
        for (let part = 0; part < 3; part += 1) bin[part] = (bin[part] as number) + (sums[part] as number);
      }
    });
  }

  #at(key: number): number {
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    const index = this.#index.size;
    this.#index.set(key, index);
    const { slots } = this.#width;
    if ((index + 1) * slots > this.#numbers.length) {
      const wider = new Float64Array(this.#numbers.length * 2);
      wider.set(this.#numbers);
      this.#numbers = wider;
    }
    return index;
  }

  #binAt(index: number, histogram: number, number: number): Float64Array {
    this.#bins[index] ??= Array.from({ length: this.#width.histograms }, () => new Map());
    const bins = (this.#bins[index] as Map<number, Float64Array>[])[histogram] as Map<number, Float64Array>;
    let bin = bins.get(number);
    if (!bin) {
      bin = new Float64Array(3);
      bins.set(number, bin);
    }
    return bin;
  }
}
