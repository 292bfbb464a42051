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

/** What the row at hand adds: the slots that it counts in with their amounts, and its durations. */
export class RowReader {
  readonly active: Int32Array;
  readonly added: Float64Array;
  activeCount = 0;
  readonly bins: Int32Array;
  readonly binSeconds: Float64Array;
  /** 0 = no duration, 1 = event, 2 = censored. */
  readonly binKinds: Uint8Array;
  readonly #isShared: boolean;
  readonly #slots: readonly RowSlot[];
  readonly #histograms: readonly RowHistogram[];
  readonly #masks: Float64Array;
  readonly #amounts: Float64Array;

  constructor(stream: Stream) {
    const scan = scanOf(stream);
    const amountAt = (amount: string | null): number => (amount === null ? -1 : scan.amounts.indexOf(amount as never));
    this.#isShared = !isWhole(stream);
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

  /** False where the row is none of the stream's. */
  read(fields: Fields): boolean {
    const belongs = !this.#isShared || fields.next().number() === 1;
    for (let at = 0; at < this.#masks.length; at += 1) this.#masks[at] = fields.next().number();
    for (let at = 0; at < this.#amounts.length; at += 1) this.#amounts[at] = fields.next().number();
    if (belongs) this.#take();
    return belongs;
  }

  #take(): void {
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
