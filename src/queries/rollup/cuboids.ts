import type { Calendar } from "./calendar.ts";

/** Cells by some dimensions in one calendar. Values stand in `d1`, `d2`, … in this order. */
export interface Cuboid {
  readonly id: number;
  readonly calendar: Calendar;
  readonly dimensions: readonly string[];
  /** Duration bins are kept too: they are wide, so only few cuboids have them. */
  readonly histograms: boolean;
}

/** Columns `d1` … that a roll-up table has. */
export const CELL_DIMENSIONS_MAX = 3;
