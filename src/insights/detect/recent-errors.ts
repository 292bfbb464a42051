/**
 * The sizes of the last errors of a forecast, kept in order, so that their quantiles are there at once.
 */
export class RecentErrors {
  readonly #most: number;
  readonly #sizes: number[] = [];
  readonly #sorted: number[] = [];

  /** `most`: older ones are forgotten. */
  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#sizes.length;
  }

  /** Not negative. */
  push(size: number): void {
    this.#sizes.push(size);
    this.#sorted.splice(this.#place(size), 0, size);
    if (this.#sizes.length > this.#most) this.#sorted.splice(this.#place(this.#sizes.shift() ?? 0), 1);
  }

  /** (1.4826·median + q90/1.645 + q95/1.96) / 3: each alone is the standard deviation of normal errors. 0 where there are none. */
  get scale(): number {
    const sorted = this.#sorted;
    if (sorted.length === 0) return 0;
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return (1.4826 * at(0.5) + at(0.9) / 1.645 + at(0.95) / 1.96) / 3;
  }

  /** Of the first one that is not smaller. */
  #place(size: number): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] ?? 0) < size) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
