import { addStates } from "../kernel/add-states.ts";
import type { MetricState } from "../kernel/measurement.ts";

/** What a statement found for one combination of split values and one bucket. */
export interface Cell {
  /** In the order of the split; null = the column is NULL. */
  readonly values: readonly (string | null)[];
  /** Bucket's key as the calendar writes it (hours: milliseconds since the epoch); null for the total. */
  readonly bucket: string | number | null;
  readonly state: MetricState;
  /** Of a labelled sample: labels drawn, and labels that are in. */
  readonly labels?: Labels;
}
export interface Labels {
  readonly drawn: number;
  readonly in: number;
}

export const cellKey = (cell: Pick<Cell, "values" | "bucket">): string => JSON.stringify([cell.values, cell.bucket]);

/** The union of two cells. */
export function addCells(a: Cell, b: Cell): Cell {
  const state = addStates(a.state, b.state);
  const labels = addLabels(a.labels, b.labels);
  return { values: a.values, bucket: a.bucket, state, ...(labels && { labels }) };
}

export function addLabels(a: Labels | undefined, b: Labels | undefined): Labels | undefined {
  if (!a || !b) return a ?? b;
  return { drawn: a.drawn + b.drawn, in: a.in + b.in };
}

/** True when no row stands behind the state: then it is unknown, not zero. */
export function isEmpty(state: MetricState): boolean {
  switch (state.kind) {
    case "count":
    case "sum":
    case "proportion":
    case "mean":
    case "weighted":
      return state.n === 0;
    case "ratio":
      return state.n === 0 && state.denominator === 0;
    case "lifetimes":
      return state.bins.length === 0;
    case "max":
      return state.value === null;
    case "agreement":
      return state.items === 0;
    case "parts":
      return Object.values(state.parts).every(isEmpty);
    default:
      return state satisfies never;
  }
}
