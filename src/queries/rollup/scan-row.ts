import { binOf } from "../../kernel/duration-bins.ts";
import { bitOf, isWhole, scanOf } from "./scan.ts";
import type { Stream } from "./streams.ts";

/** The fields of a line one after another, read from the bytes: a string for each would cost more than all the adding. */
export class Fields {
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

  /**
   * The next field as a number; 0 for NULL. Decimals are read by hand: digits below 2^53 over a power of ten are rounded once, as they should be.
   */
  number(): number {
    const from = this.to + 1;
    const { buffer } = this;
    let value = 0;
    let scale = 0;
    let at = from;
    for (; at < this.#end; at += 1) {
      const byte = buffer[at] as number;
      if (byte === TAB) break;
      const digit = byte - 48;
      if (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        scale *= 10;
      } else if (byte === POINT && scale === 0) scale = 1;
      else return this.#otherNumber();
    }
    if (value > Number.MAX_SAFE_INTEGER || scale > SCALE_MAX) return this.#otherNumber();
    this.from = from;
    this.to = at;
    return scale > 1 ? value / scale : value;
  }

  #otherNumber(): number {
    this.next();
    return this.buffer[this.from] === BACKSLASH ? 0 : Number(this.text());
  }
}
const TAB = 9;
const POINT = 46;
const BACKSLASH = 92;
/** Powers of ten up to this one are doubles exactly. */
const SCALE_MAX = 1e22;

/** Numbers values in order of appearance; NULL is one of them. Values are found by the hash of their bytes, which are then compared. */
export class Dictionary {
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

/** What the row at hand adds, for all streams of a scan: amounts to slots, and durations to histograms. */
export class RowSums {
  readonly slots: Int32Array;
  readonly amounts: Float64Array;
  count = 0;
  readonly histograms: Int32Array;
  readonly bins: Int32Array;
  readonly seconds: Float64Array;
  /** 1 = an event, 0 = censored. */
  readonly isEvent: Uint8Array;
  durations = 0;

  constructor(width: { readonly slots: number; readonly histograms: number }) {
    this.slots = new Int32Array(width.slots);
    this.amounts = new Float64Array(width.slots);
    this.histograms = new Int32Array(width.histograms);
    this.bins = new Int32Array(width.histograms);
    this.seconds = new Float64Array(width.histograms);
    this.isEvent = new Uint8Array(width.histograms);
  }

  clear(): this {
    this.count = 0;
    this.durations = 0;
    return this;
  }

  add(slot: number, amount: number): void {
    this.slots[this.count] = slot;
    this.amounts[this.count] = amount;
    this.count += 1;
  }

  addDuration(histogram: number, seconds: number, isEvent: boolean): void {
    this.histograms[this.durations] = histogram;
    this.bins[this.durations] = binOf(seconds);
    this.seconds[this.durations] = seconds;
    this.isEvent[this.durations] = isEvent ? 1 : 0;
    this.durations += 1;
  }
}

/** Reads a stream's own fields of a row. */
export class RowReader {
  readonly #isShared: boolean;
  readonly #slots: readonly RowSlot[];
  readonly #histograms: readonly RowHistogram[];
  readonly #masks: Int32Array;
  readonly #amounts: Float64Array;

  /** `offset`: what its slots and histograms are numbered from. */
  constructor(stream: Stream, offset: { readonly slots: number; readonly histograms: number }) {
    const scan = scanOf(stream);
    const amountAt = (amount: string | null): number => (amount === null ? -1 : scan.amounts.indexOf(amount as never));
    this.#isShared = !isWhole(stream);
    this.#masks = new Int32Array(scan.masks);
    this.#amounts = new Float64Array(scan.amounts.length);
    this.#slots = stream.slots.map(({ where, amount, power }, index) => ({
      ...(bitOf(scan, where) ?? ALWAYS),
      slot: offset.slots + index,
      amount: amountAt(amount),
      squared: power === 2,
    }));
    this.#histograms = stream.histograms.map(({ event, censored, seconds }, index) => ({
      histogram: offset.histograms + index,
      event: bitOf(scan, event) ?? ALWAYS,
      censored: censored && (bitOf(scan, censored) ?? ALWAYS),
      seconds: amountAt(seconds),
    }));
  }

  /** Adds what the row brings to the stream. False where the row is none of the stream's. */
  read(fields: Fields, sums: RowSums): boolean {
    const belongs = !this.#isShared || fields.number() === 1;
    for (let at = 0; at < this.#masks.length; at += 1) this.#masks[at] = fields.number();
    for (let at = 0; at < this.#amounts.length; at += 1) this.#amounts[at] = fields.number();
    if (belongs) this.#take(sums);
    return belongs;
  }

  #take(sums: RowSums): void {
    for (let index = 0; index < this.#slots.length; index += 1) {
      const slot = this.#slots[index] as RowSlot;
      if (!this.#holds(slot)) continue;
      const amount = slot.amount < 0 ? 1 : (this.#amounts[slot.amount] as number);
      if (amount !== 0) sums.add(slot.slot, slot.squared ? amount * amount : amount);
    }
    for (const { histogram, event, censored, seconds } of this.#histograms) {
      const isEvent = this.#holds(event);
      if (!isEvent && !(censored && this.#holds(censored))) continue;
      sums.addDuration(histogram, this.#amounts[seconds] as number, isEvent);
    }
  }

  #holds({ mask, bit }: Bit): boolean {
    return mask < 0 || ((this.#masks[mask] as number) & bit) !== 0;
  }
}
interface Bit {
  readonly mask: number;
  readonly bit: number;
}
interface RowSlot extends Bit {
  readonly slot: number;
  readonly amount: number;
  readonly squared: boolean;
}
interface RowHistogram {
  readonly histogram: number;
  readonly event: Bit;
  readonly censored: Bit | null;
  readonly seconds: number;
}
const ALWAYS: Bit = { mask: -1, bit: 0 };
