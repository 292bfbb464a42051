import type { RowSums } from "./scan-row.ts";

/** How many numbers a cell has. */
export interface Width {
  readonly slots: number;
  readonly histograms: number;
}

/** A cell's durations: bins in ascending order, and for each its events, its censored ones and their Σ seconds. */
export interface DurationRun {
  readonly bins: Int32Array;
  readonly events: Float64Array;
  readonly censored: Float64Array;
  readonly seconds: Float64Array;
}

/**
 * Cells of one set of dimensions at one time. A cell is found by the numbers of its values with open addressing; its numbers lie side by side in
 * one array, and so do the sums of all bins.
 */
export class Cells {
  readonly #positions: Int32Array;
  readonly #width: Width;
  #count = 0;
  /** Place → index + 1, or 0. */
  #places = new Int32Array(32);
  #codes: Int32Array;
  #numbers: Float64Array;
  readonly #bins = new Bins();

  /** `positions`: where the codes of its dimensions stand among those of a row. */
  constructor(positions: readonly number[], width: Width) {
    this.#positions = Int32Array.from(positions);
    this.#width = width;
    this.#codes = new Int32Array(positions.length * 16);
    this.#numbers = new Float64Array(width.slots * 16);
  }

  get count(): number {
    return this.#count;
  }

  /** The code of a cell's value of the dimension at `part`. */
  codeOf(index: number, part: number): number {
    return this.#codes[index * this.#positions.length + part] as number;
  }

  /** Some of a cell's numbers. */
  numbersOf(index: number, from = 0, length = this.#width.slots): Float64Array {
    const base = index * this.#width.slots + from;
    return this.#numbers.subarray(base, base + length);
  }

  /** Adds a row's amounts to the cell of its codes. */
  add(codes: Int32Array, { slots, amounts, count }: RowSums): void {
    const base = this.#at(codes) * this.#width.slots;
    const numbers = this.#numbers;
    for (let at = 0; at < count; at += 1) {
      const slot = base + (slots[at] as number);
      numbers[slot] = (numbers[slot] as number) + (amounts[at] as number);
    }
  }

  /** Adds a row's durations to the bins of the cell of its codes. */
  addDurations(codes: Int32Array, row: RowSums): void {
    const first = this.#at(codes) * this.#width.histograms;
    for (let at = 0; at < row.durations; at += 1) {
      const isEvent = row.isEvent[at] === 1;
      const owner = first + (row.histograms[at] as number);
      this.#bins.add(
        owner,
        row.bins[at] as number,
        isEvent ? 1 : 0,
        isEvent ? 0 : 1,
        isEvent ? (row.seconds[at] as number) : 0,
      );
    }
  }

  /**
   * Adds the cells of a wider set, or of the same set at another time. `keeps` tells which of them; null = all. `codes` is room for the codes
   * of a row.
   */
  sum(wide: Cells, codes: Int32Array, keeps: ((index: number) => boolean) | null = null): void {
    const into = new Int32Array(wide.#count).fill(-1);
    for (let index = 0; index < wide.#count; index += 1) {
      if (keeps && !keeps(index)) continue;
      wide.spreadCodes(index, codes);
      into[index] = this.#merge(codes, wide, index);
    }
    this.#bins.sum(wide.#bins, into, this.#width.histograms);
  }

  /** The index of the cell of a row's codes; −1 without one. */
  find(codes: Int32Array): number {
    return (this.#places[this.#placeOf(codes)] as number) - 1;
  }

  /** Per cell, the durations of one histogram. */
  runs(histogram: number): DurationRun[] {
    return this.#bins.runs(this.#count, histogram, this.#width.histograms);
  }

  /** Puts the codes of a cell where those of a row stand. */
  spreadCodes(index: number, codes: Int32Array): void {
    const positions = this.#positions;
    const base = index * positions.length;
    for (let part = 0; part < positions.length; part += 1) {
      codes[positions[part] as number] = this.#codes[base + part] as number;
    }
  }

  #merge(codes: Int32Array, other: Cells, from: number): number {
    const index = this.#at(codes);
    const { slots } = this.#width;
    const [numbers, added] = [this.#numbers, other.#numbers];
    const [base, start] = [index * slots, from * slots];
    for (let at = 0; at < slots; at += 1) {
      numbers[base + at] = (numbers[base + at] as number) + (added[start + at] as number);
    }
    return index;
  }

  #at(codes: Int32Array): number {
    const place = this.#placeOf(codes);
    const index = (this.#places[place] as number) - 1;
    return index < 0 ? this.#learn(codes, place) : index;
  }

  /** Where the cell of a row's codes is noted, or would be. */
  #placeOf(codes: Int32Array): number {
    const positions = this.#positions;
    const known = this.#codes;
    const places = this.#places;
    const mask = places.length - 1;
    let hash = 0;
    for (let part = 0; part < positions.length; part += 1)
      hash = mixed(hash, codes[positions[part] as number] as number);
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const index = (places[place] as number) - 1;
      if (index < 0) return place;
      const base = index * positions.length;
      let part = 0;
      while (part < positions.length && known[base + part] === codes[positions[part] as number]) part += 1;
      if (part === positions.length) return place;
    }
  }

  #learn(codes: Int32Array, place: number): number {
    const positions = this.#positions;
    const index = this.#count;
    this.#count += 1;
    this.#places[place] = index + 1;
    if ((index + 1) * positions.length > this.#codes.length) this.#codes = widerInt32(this.#codes);
    for (let part = 0; part < positions.length; part += 1) {
      this.#codes[index * positions.length + part] = codes[positions[part] as number] as number;
    }
    const needed = (index + 1) * this.#width.slots;
    if (needed > this.#numbers.length) this.#numbers = widerFloat64(this.#numbers);
    if (this.#count * 2 > this.#places.length) this.#spread();
    return index;
  }

  #spread(): void {
    const places = new Int32Array(this.#places.length * 2);
    const mask = places.length - 1;
    const parts = this.#positions.length;
    for (let index = 0; index < this.#count; index += 1) {
      let hash = 0;
      for (let part = 0; part < parts; part += 1) hash = mixed(hash, this.#codes[index * parts + part] as number);
      let place = hash & mask;
      while ((places[place] as number) > 0) place = (place + 1) & mask;
      places[place] = index + 1;
    }
    this.#places = places;
  }
}

/** Bins of all cells and histograms: a bin is found by its owner (cell and histogram) and its number. */
class Bins {
  #count = 0;
  #places = new Int32Array(64);
  /** Owner, bin; side by side. */
  #keys = new Int32Array(64);
  /** Events, censored, Σ seconds; side by side. */
  #sums = new Float64Array(96);

  add(owner: number, bin: number, events: number, censored: number, seconds: number): void {
    const base = this.#at(owner, bin) * 3;
    const sums = this.#sums;
    sums[base] = (sums[base] as number) + events;
    sums[base + 1] = (sums[base + 1] as number) + censored;
    sums[base + 2] = (sums[base + 2] as number) + seconds;
  }

  /** Adds other bins, each to the cell that `into` names for its own; −1 = to none. */
  sum(other: Bins, into: Int32Array, histograms: number): void {
    for (let index = 0; index < other.#count; index += 1) {
      const owner = other.#keys[index * 2] as number;
      const cell = into[Math.floor(owner / histograms)] as number;
      if (cell < 0) continue;
      const [events, censored, seconds] = [0, 1, 2].map((part) => other.#sums[index * 3 + part] as number) as [
        number,
        number,
        number,
      ];
      const base = this.#at(cell * histograms + (owner % histograms), other.#keys[index * 2 + 1] as number) * 3;
      const sums = this.#sums;
      sums[base] = (sums[base] as number) + events;
      sums[base + 1] = (sums[base + 1] as number) + censored;
      sums[base + 2] = (sums[base + 2] as number) + seconds;
    }
  }

  runs(cells: number, histogram: number, histograms: number): DurationRun[] {
    const starts = new Int32Array(cells + 1);
    const isOwn = (index: number): boolean => (this.#keys[index * 2] as number) % histograms === histogram;
    const cellOf = (index: number): number => Math.floor((this.#keys[index * 2] as number) / histograms);
    for (let index = 0; index < this.#count; index += 1) {
      if (isOwn(index)) starts[cellOf(index) + 1] = (starts[cellOf(index) + 1] as number) + 1;
    }
    for (let cell = 0; cell < cells; cell += 1)
      starts[cell + 1] = (starts[cell + 1] as number) + (starts[cell] as number);
    // A bin and where it lies in one number, so that numbers are sorted and not objects.
    const packed = new Float64Array(starts[cells] as number);
    const filled = starts.slice();
    for (let index = 0; index < this.#count; index += 1) {
      if (!isOwn(index)) continue;
      const cell = cellOf(index);
      packed[filled[cell] as number] = (this.#keys[index * 2 + 1] as number) * PACKED + index;
      filled[cell] = (filled[cell] as number) + 1;
    }
    return Array.from({ length: cells }, (_, cell) =>
      this.#run(packed.subarray(starts[cell], starts[cell + 1]).sort()),
    );
  }

  #run(packed: Float64Array): DurationRun {
    const length = packed.length;
    const run = {
      bins: new Int32Array(length),
      events: new Float64Array(length),
      censored: new Float64Array(length),
      seconds: new Float64Array(length),
    };
    for (let at = 0; at < length; at += 1) {
      const index = (packed[at] as number) % PACKED;
      run.bins[at] = this.#keys[index * 2 + 1] as number;
      run.events[at] = this.#sums[index * 3] as number;
      run.censored[at] = this.#sums[index * 3 + 1] as number;
      run.seconds[at] = this.#sums[index * 3 + 2] as number;
    }
    return run;
  }

  #at(owner: number, bin: number): number {
    const mask = this.#places.length - 1;
    const keys = this.#keys;
    for (let place = mixed(mixed(0, owner), bin) & mask; ; place = (place + 1) & mask) {
      const index = (this.#places[place] as number) - 1;
      if (index < 0) return this.#learn(owner, bin, place);
      if (keys[index * 2] === owner && keys[index * 2 + 1] === bin) return index;
    }
  }

  #learn(owner: number, bin: number, place: number): number {
    const index = this.#count;
    this.#count += 1;
    this.#places[place] = index + 1;
    if (this.#count * 2 > this.#keys.length) this.#keys = widerInt32(this.#keys);
    this.#keys[index * 2] = owner;
    this.#keys[index * 2 + 1] = bin;
    if (this.#count * 3 > this.#sums.length) this.#sums = widerFloat64(this.#sums);
    if (this.#count * 2 > this.#places.length) this.#spread();
    return index;
  }

  #spread(): void {
    const places = new Int32Array(this.#places.length * 2);
    const mask = places.length - 1;
    for (let index = 0; index < this.#count; index += 1) {
      let place = mixed(mixed(0, this.#keys[index * 2] as number), this.#keys[index * 2 + 1] as number) & mask;
      while ((places[place] as number) > 0) place = (place + 1) & mask;
      places[place] = index + 1;
    }
    this.#places = places;
  }
}
/** More bins than one set of cells has. */
const PACKED = 2 ** 32;

function widerInt32(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(Math.max(16, numbers.length * 2));
  wider.set(numbers);
  return wider;
}

function widerFloat64(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(Math.max(16, numbers.length * 2));
  wider.set(numbers);
  return wider;
}

/** A hash of codes, one after another: Knuth's multiplicative hashing. */
const mixed = (hash: number, code: number): number => Math.imul(hash ^ code, 0x9e3779b1) >>> 7;
