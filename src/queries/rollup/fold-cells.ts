import type { RowReader } from "./scan-row.ts";

/** How many numbers a cell has. */
export interface Width {
  readonly slots: number;
  readonly histograms: number;
}

/** Cells of one cuboid at one time: numbers side by side in one array, and so the sums of their bins. */
export class Cells {
  readonly #width: Width;
  readonly #cells = new Numbering();
  readonly #bins = new Numbering();
  #numbers: Float64Array;
  /** Events, censored, Σ seconds of each bin. */
  #sums: Float64Array = new Float64Array(0);

  constructor(width: Width) {
    this.#width = width;
    this.#numbers = new Float64Array(width.slots * 16);
  }

  keys(): readonly number[] {
    return this.#cells.keys;
  }

  numbersOf(index: number): Float64Array {
    return this.#numbers.subarray(index * this.#width.slots, (index + 1) * this.#width.slots);
  }

  /** Per cell, per histogram: bin → its sums. */
  bins(): readonly (readonly ReadonlyMap<number, Float64Array>[])[] {
    const { histograms } = this.#width;
    const found = this.keys().map(() => Array.from({ length: histograms }, () => new Map<number, Float64Array>()));
    this.#bins.keys.forEach((key, index) => {
      const [cell, histogram, bin] = this.#partsOf(key);
      found[cell]?.[histogram]?.set(bin, this.#sums.subarray(index * 3, index * 3 + 3));
    });
    return found;
  }

  add(key: number, hash: number, row: RowReader, histograms: boolean): void {
    const index = this.#at(key, hash);
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
      const first = this.#binAt(index, at, row.bins[at] as number);
      if (kind === 1) this.#addBin(first, 1, 0, row.binSeconds[at] as number);
      else this.#addBin(first, 0, 1, 0);
    }
  }

  /** Adds a cell's numbers; gives the cell's index. */
  merge(key: number, hash: number, numbers: Float64Array): number {
    const index = this.#at(key, hash);
    const base = index * this.#width.slots;
    for (let at = 0; at < numbers.length; at += 1) {
      this.#numbers[base + at] = (this.#numbers[base + at] as number) + (numbers[at] as number);
    }
    return index;
  }

  /** Adds the bins of other cells, each to the cell that `into` names for it. */
  mergeBins(other: Cells, into: readonly number[]): void {
    other.#bins.keys.forEach((key, index) => {
      const [cell, histogram, bin] = this.#partsOf(key);
      const [events, censored, seconds] = other.#sums.subarray(index * 3, index * 3 + 3) as unknown as Triple;
      this.#addBin(this.#binAt(into[cell] as number, histogram, bin), events, censored, seconds);
    });
  }

  #addBin(first: number, events: number, censored: number, seconds: number): void {
    const sums = this.#sums;
    sums[first] = (sums[first] as number) + events;
    sums[first + 1] = (sums[first + 1] as number) + censored;
    sums[first + 2] = (sums[first + 2] as number) + seconds;
  }

  #at(key: number, hash: number): number {
    const index = this.#cells.of(key, hash);
    const needed = (index + 1) * this.#width.slots;
    if (needed > this.#numbers.length) this.#numbers = widened(this.#numbers, needed);
    return index;
  }

  /** Where a bin's sums begin. */
  #binAt(index: number, histogram: number, bin: number): number {
    const key = (index * this.#width.histograms + histogram) * BINS_MAX + bin;
    const at = this.#bins.of(key, mixed(mixed(0, index), bin)) * 3;
    if (at + 3 > this.#sums.length) this.#sums = widened(this.#sums, at + 3);
    return at;
  }

  #partsOf(key: number): readonly [cell: number, histogram: number, bin: number] {
    const owner = Math.floor(key / BINS_MAX);
    const { histograms } = this.#width;
    return [Math.floor(owner / histograms), owner % histograms, key % BINS_MAX];
  }
}
type Triple = readonly [number, number, number];

/** Bins up to γ^8192 = 10^35 seconds. */
const BINS_MAX = 8_192;

function widened(numbers: Float64Array, needed: number): Float64Array {
  const wider = new Float64Array(Math.max(needed, numbers.length * 2, 48));
  wider.set(numbers);
  return wider;
}

/** Numbers keys in order of appearance, by open addressing: several times quicker than a Map of keys beyond 31 bits. */
class Numbering {
  readonly keys: number[] = [];
  readonly #hashes: number[] = [];
  /** Place → number + 1, or 0. */
  #places = new Int32Array(32);

  of(key: number, hash: number): number {
    const mask = this.#places.length - 1;
    let place = hash & mask;
    for (let held = this.#places[place] as number; held > 0; held = this.#places[place] as number) {
      if (this.keys[held - 1] === key) return held - 1;
      place = (place + 1) & mask;
    }
    const index = this.keys.push(key) - 1;
    this.#hashes.push(hash);
    this.#places[place] = index + 1;
    if (this.keys.length * 2 > this.#places.length) this.#spread();
    return index;
  }

  #spread(): void {
    const places = new Int32Array(this.#places.length * 2);
    const mask = places.length - 1;
    this.#hashes.forEach((hash, index) => {
      let place = hash & mask;
      while ((places[place] as number) > 0) place = (place + 1) & mask;
      places[place] = index + 1;
    });
    this.#places = places;
  }
}

/** A hash of codes, one after another: Knuth's multiplicative hashing. */
export const mixed = (hash: number, code: number): number => Math.imul(hash ^ code, 0x9e3779b1) >>> 7;
