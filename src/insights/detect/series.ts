/** One metric of one segment by day, as a detector reads it. All arrays have one entry a day. */
export interface ScanSeries {
  readonly id: string;
  /** The series that this one is a part of; null for a whole. */
  readonly parent: string | null;
  /** rate: `values` are hits, `denominators` cases; count: events; amount: a mean, a duration, money. */
  readonly kind: "rate" | "count" | "amount";
  /** ISO dates, consecutive. */
  readonly days: readonly string[];
  /** Null where nothing was observed (yet): never an anomaly. */
  readonly values: readonly (number | null)[];
  readonly denominators: readonly (number | null)[] | null;
  /** Days that never enter a baseline and are not judged: incidents, outages, expected. */
  readonly masked: readonly boolean[];
  /** Label of a holiday or campaign; days of one label are learned together. */
  readonly calendar: readonly (string | null)[];
}

export interface Judgement {
  readonly id: string;
  /** First and last day, indexes into `days`. */
  readonly from: number;
  readonly to: number;
  readonly kind: "spike" | "level_shift" | "drift" | "variance" | "silence";
  readonly direction: "up" | "down";
  /** Over the days: a rate as a fraction, a count or amount as the mean a day; for variance the standard deviation in units of the usual one. */
  readonly value: number;
  readonly expected: number;
  /** 95 % band of what was to be expected. */
  readonly low: number;
  readonly high: number;
  /** Cases of a rate; null otherwise. */
  readonly n: number | null;
  /** Two-sided, over the kinds of change that were looked for. */
  readonly p: number;
  /** Benjamini–Hochberg over all series that were tested with it. */
  readonly q: number;
  /** The factor by which the rest of the parent moved on that day, already divided out; 1 for a whole. */
  readonly parentShock: number;
}
