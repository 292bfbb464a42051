/** One judged bucket. */
export interface Finding {
  readonly bucket: number;
  readonly odd: boolean;
  readonly direction: "up" | "down";
  /** Rates as fractions. */
  readonly value: number;
  readonly expected: number;
  /** The band outside of which a bucket is odd. */
  readonly low: number;
  readonly high: number;
  /** Distance from what was expected: in units of the usual error; of novelty, in [0, 1.5). */
  readonly score: number;
  /** Two-sided; null where the method has none. */
  readonly p: number | null;
  /** What about it is odd. */
  readonly part: "value" | "shape" | "unrest";
}
