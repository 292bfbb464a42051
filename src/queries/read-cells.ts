import type { DurationBin, MetricState } from "../kernel/measurement.ts";
import { type Cell, cellKey } from "./cells.ts";
import type { Row } from "./run.ts";
import type { SqlText } from "./sql.ts";

/** One statement, and how its rows become states. */
export interface Query {
  readonly text: SqlText;
  /** What it reads. */
  readonly source: "rollup" | "events";
  readonly read: (rows: readonly Row[]) => Cell[];
  /** Splits that share the statement; each may have as many rows as one alone. */
  readonly splits?: number;
}

type Kind = "count" | "sum" | "ratio" | "proportion" | "mean" | "weighted" | "lifetimes" | "max";

/** The rows of a statement as states. Every number is a float8 in the result, so the driver gives numbers. */
export function readCells(rows: readonly Row[], split: number, kind: Kind): Cell[] {
  return rows.map((row) => {
    const cell = { ...place(row, split), state: stateOf(row, kind) };
    return kind === "weighted" ? { ...cell, labels: { drawn: number(row.drawn), in: number(row.labels_in) } } : cell;
  });
}

const number = (value: unknown): number => Number(value ?? 0);

function place(row: Row, split: number): Pick<Cell, "values" | "bucket"> {
  const values = Array.from({ length: split }, (_, index) => row[`k${index + 1}`] as string | null);
  const bucket = row.bucket;
  return { values, bucket: bucket === undefined || bucket === null ? null : (bucket as string | number) };
}

function stateOf(row: Row, kind: Kind): MetricState {
  const n = number(row.n);
  switch (kind) {
    case "count":
      return { kind, n };
    case "sum":
      return { kind, sum: number(row.sum), n };
    case "ratio":
      return { kind, numerator: number(row.numerator), denominator: number(row.denominator), n };
    case "proportion":
      return { kind, x: number(row.x), n };
    case "mean": {
      const mean = { kind, n, sum: number(row.sum), sumsq: number(row.sumsq) } as const;
      return row.bins === undefined ? mean : { ...mean, bins: binsOf(row) };
    }
    case "weighted":
      return {
        kind,
        sw: number(row.sw),
        swy: number(row.swy),
        sw2: number(row.sw2),
        sw2y: number(row.sw2y),
        n,
        x: number(row.x),
        drawn: number(row.drawn),
      };
    case "lifetimes":
      return { kind, bins: binsOf(row) };
    case "max":
      // The largest of nothing is NULL in PostgreSQL and 0 in ClickHouse.
      return { kind, value: row.value === null || n === 0 ? null : number(row.value), n };
    default:
      return kind satisfies never;
  }
}

/** Ascending, whatever order the engine gave. */
function binsOf(row: Row): DurationBin[] {
  const [bins, events, censored, seconds] = [row.bins, row.events, row.censored, row.seconds] as (number[] | null)[];
  return (bins ?? [])
    .map((index, at) => ({
      index,
      events: events?.[at] ?? 0,
      censored: censored?.[at] ?? 0,
      seconds: seconds?.[at] ?? 0,
    }))
    .sort((one, other) => one.index - other.index);
}

/** Counts of items by pair of ratings, gathered to one state per group. */
export function readPairs(rows: readonly Row[], split: number): Cell[] {
  const gathered = new Map<string, Pick<Cell, "values" | "bucket"> & PairSums>();
  for (const row of rows) {
    const at = place(row, split);
    const sums = gathered.get(cellKey(at)) ?? { ...at, items: 0, agreed: 0, ratings: {}, drawn: 0, in: 0 };
    gathered.set(cellKey(at), addPair(sums, row));
  }
  return [...gathered.values()].map(({ values, bucket, items, agreed, ratings, drawn, in: labelsIn }) => ({
    values,
    bucket,
    state: { kind: "agreement", items, agreed, ratings },
    labels: { drawn, in: labelsIn },
  }));
}

interface PairSums {
  readonly items: number;
  readonly agreed: number;
  readonly ratings: Readonly<Record<string, number>>;
  readonly drawn: number;
  readonly in: number;
}

function addPair<T extends PairSums>(sums: T, row: Row): T {
  const items = number(row.items);
  const [a, b] = [row.a, row.b] as (string | null)[];
  const ratings: Record<string, number> = { ...sums.ratings };
  if (a != null && b != null) {
    ratings[a] = (ratings[a] ?? 0) + items;
    ratings[b] = (ratings[b] ?? 0) + items;
  }
  return {
    ...sums,
    items: sums.items + items,
    agreed: sums.agreed + (a !== null && a === b ? items : 0),
    ratings,
    drawn: sums.drawn + number(row.drawn),
    in: sums.in + number(row.labels_in),
  };
}
