/** One unit at one time; `cohort` = the time of its first treatment, Infinity = never. */
export interface PanelRow {
  readonly unit: string | number;
  readonly time: number;
  readonly cohort: number;
  readonly y: number;
}

/** Distinct times in order. */
export const timesOf = (rows: readonly PanelRow[]): number[] =>
  [...new Set(rows.map(({ time }) => time))].sort((a, b) => a - b);

/** Dummies of all times but the first. */
export const timeDummies = (times: readonly number[], time: number): number[] =>
  times.slice(1).map((other) => (other === time ? 1 : 0));
