/**
 * Streaming novelty: how far a reading is from everything seen before it. One setting for all series, nothing looked at twice.
 * - value: distance to the nearest of all past values;
 * - shape of the day: the mean of two hours against the same time on other days, for half;
 * - unrest: the standard deviation of an hour against all past ones, for half.
 * Each distance^¾ is a standard score against its own past, z⁺/(z⁺ + 10); the larger of (value + shape) and unrest counts, and only where it
 * is the largest of the last 60 readings, so that one event is one alarm.
 * Source: nearest-neighbour distance as a measure of novelty (Ramaswamy et al. 2000), in one dimension on sorted values.
 */
export class NoveltyDetector {
  readonly #value = new Novelty();
  readonly #unrest = new Novelty();
  readonly #phases: Novelty[];
  readonly #shape = new Surprise();
  readonly #short: Recent;
  readonly #long: Recent;
  readonly #scores = new Recent(REFRACTORY);
  #seen = 0;
  #last: NoveltyReason = { part: "value", value: 0, expected: 0, reach: 0 };

  /** `perDay` readings a day; 1 where there is no day. */
  constructor(perDay: number) {
    this.#phases = Array.from({ length: Math.max(1, perDay) }, () => new Novelty());
    this.#short = new Recent(Math.max(2, Math.round(perDay / 24)));
    this.#long = new Recent(Math.max(2, Math.round(perDay / 12)));
  }

  /** Score of the next reading, in [0, 1.5). */
  next(value: number): number {
    const phase = this.#seen % this.#phases.length;
    this.#seen += 1;
    this.#short.push(value);
    this.#long.push(value);
    const [level, deviation] = [this.#long.mean(), this.#short.deviation()];
    const near = { own: this.#value.nearest(value), unrest: this.#unrest.nearest(deviation) };
    const own = this.#value.next(value);
    const sameTime = this.#phases.length > 1 ? (this.#phases[phase]?.nearest(level) ?? level) : level;
    const shape = this.#shape.next(Math.abs(level - sameTime));
    this.#phases[phase]?.add(level);
    const unrest = this.#unrest.next(deviation);
    const score = Math.max(own + 0.5 * shape, 0.5 * unrest);
    if (0.5 * unrest >= own + 0.5 * shape) {
      const usual = near.unrest + this.#unrest.surprise.reach(2 * NOVEL);
      this.#last = { part: "unrest", value, expected: level, reach: 2 * usual };
    } else if (own >= 0.5 * shape) this.#reason("value", value, near.own, this.#value.surprise, NOVEL);
    else this.#reason("shape", level, sameTime, this.#shape, 2 * NOVEL);
    const largest = score > this.#scores.max();
    this.#scores.push(score);
    return largest ? score : 0;
  }

  /** What the last reading was judged by. */
  get last(): NoveltyReason {
    return this.#last;
  }

  #reason(part: NoveltyReason["part"], value: number, expected: number, surprise: Surprise, at: number): void {
    this.#last = { part, value, expected, reach: surprise.reach(Math.min(0.99, at)) };
  }
}

/** The part of a reading that was the oddest, the nearest such value seen before, and how far from it would have been odd. */
export interface NoveltyReason {
  readonly part: "value" | "shape" | "unrest";
  readonly value: number;
  readonly expected: number;
  readonly reach: number;
}

/** A score from here on is an anomaly: the threshold that the Numenta benchmark's protocol sets on its standard profile. */
export const NOVEL = 0.3;

const REFRACTORY = 60;
const POWER = 0.75;
const HALF_AT = 10;

/** A standard score of distances against all before, squeezed into [0, 1). Welford's running moments. */
class Surprise {
  #count = 0;
  #mean = 0;
  #squares = 0;
  #before = { mean: 0, sd: 0 };

  /** The distance that would have had this score last time. */
  reach(score: number): number {
    return (this.#before.mean + (this.#before.sd * HALF_AT * score) / (1 - score)) ** (1 / POWER);
  }

  next(distance: number): number {
    const x = distance ** POWER;
    const sd = this.#count > 1 ? Math.sqrt(this.#squares / this.#count) : 0;
    const z = sd > 0 ? Math.max(0, (x - this.#mean) / sd) : 0;
    this.#count += 1;
    this.#before = { mean: this.#mean, sd };
    const step = x - this.#mean;
    this.#mean += step / this.#count;
    this.#squares += step * (x - this.#mean);
    return z / (z + HALF_AT);
  }
}

/** All past values, sorted. */
class Novelty {
  #sorted = new Float64Array(64);
  #count = 0;
  readonly surprise = new Surprise();

  next(value: number): number {
    const surprise = this.surprise.next(Math.abs(value - this.nearest(value)));
    this.add(value);
    return surprise;
  }

  /** The nearest past value; the value itself where there is none. */
  nearest(value: number): number {
    if (this.#count === 0) return value;
    const at = this.#placeOf(value);
    const above = at < this.#count ? (this.#sorted[at] ?? value) : Number.POSITIVE_INFINITY;
    const below = at > 0 ? (this.#sorted[at - 1] ?? value) : Number.NEGATIVE_INFINITY;
    return above - value < value - below ? above : below;
  }

  add(value: number): void {
    if (this.#count === this.#sorted.length) {
      const wider = new Float64Array(2 * this.#sorted.length);
      wider.set(this.#sorted);
      this.#sorted = wider;
    }
    const at = this.#placeOf(value);
    this.#sorted.copyWithin(at + 1, at, this.#count);
    this.#sorted[at] = value;
    this.#count += 1;
  }

  #placeOf(value: number): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The last few values. */
class Recent {
  readonly #ring: Float64Array;
  #count = 0;

  constructor(length: number) {
    this.#ring = new Float64Array(length);
  }

  push(value: number): void {
    this.#ring[this.#count % this.#ring.length] = value;
    this.#count += 1;
  }

  mean(): number {
    const n = Math.min(this.#count, this.#ring.length);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += this.#ring[i] ?? 0;
    return sum / n;
  }

  deviation(): number {
    const n = Math.min(this.#count, this.#ring.length);
    const mean = this.mean();
    let squares = 0;
    for (let i = 0; i < n; i++) squares += ((this.#ring[i] ?? 0) - mean) ** 2;
    return Math.sqrt(squares / n);
  }

  /** 0 where nothing was pushed. */
  max(): number {
    let most = 0;
    for (let i = 0; i < Math.min(this.#count, this.#ring.length); i++) most = Math.max(most, this.#ring[i] ?? 0);
    return most;
  }
}
