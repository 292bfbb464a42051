import { createReadStream, statSync } from "node:fs";
import { parse } from "csv-parse";
import { type Cube, cubeBuilder } from "../insights/drivers/cube.ts";
import { limits } from "../kernel/limits.ts";
import { UsageError } from "./fail.ts";
import { isWithin, type PeriodWords } from "./period-words.ts";

export interface CubeAsked {
  readonly file: string;
  /** Column that says the period; null = the one named `period`, else the first in which `before` occurs. */
  readonly periodColumn: string | null;
  readonly valueColumn: string;
  readonly denominatorColumn: string;
  readonly before: PeriodWords;
  readonly after: PeriodWords;
}
export interface CubeRead {
  readonly cube: Cube;
  readonly rows: number;
  /** Rows of neither period. */
  readonly outside: number;
  readonly bad: { readonly count: number; readonly first: readonly string[] };
  /** Columns that were left out because nearly every row has a value of its own. */
  readonly leftOut: readonly string[];
  /** Amounts of more or fewer buckets (distinct values of the period column) than the later period has are scaled to as many. */
  readonly beforeScale: number;
}

const BAD_NAMED_MAX = 5;
const PROGRESS_BYTES_MIN = 20_000_000;
const PROGRESS_EVERY_ROWS = 500_000;
/** A column with more values than this, and more than half as many as rows, names rows and not segments. */
const ID_VALUES_MIN = 1_000;

/**
 * A table of two periods as a cube, read as a stream. Columns: period, attributes, `value`, optionally `denominator`. Rows that cannot be read
 * are counted, named and put aside.
 */
export async function readCube(asked: CubeAsked, progress: (text: string) => void): Promise<CubeRead> {
  const rows: Row[] = [];
  const bad = { count: 0, first: [] as string[] };
  let layout: Layout | null = null;
  let [count, outside] = [0, 0];
  const size = sizeOf(asked.file);
  for await (const cells of recordsOf(asked.file)) {
    if (!layout) {
      layout = layoutOf(cells, asked);
      continue;
    }
    count += 1;
    if (size > PROGRESS_BYTES_MIN && count % PROGRESS_EVERY_ROWS === 0) progress(`${count} rows read …`);
    const row = rowOf(cells, layout, asked);
    if (typeof row === "string") {
      bad.count += 1;
      if (bad.first.length < BAD_NAMED_MAX) bad.first.push(`row ${count}: ${row}`);
    } else if (row.period === null) outside += 1;
    else rows.push(row);
    if (rows.length > limits.explainRowsMax)
      throw new UsageError(
        `${asked.file} has more than ${limits.explainRowsMax} rows; sum it up by its columns first.`,
      );
  }
  if (!layout) throw new UsageError(`${asked.file} is empty.`);
  return { ...cubeFrom(rows, layout, asked), rows: count, outside, bad };
}

interface Layout {
  readonly width: number;
  readonly period: number;
  readonly value: number;
  readonly denominator: number | null;
  readonly attributes: readonly { readonly name: string; readonly at: number }[];
}

function layoutOf(header: readonly string[], asked: CubeAsked): Layout {
  const { file, periodColumn } = asked;
  const names = header.map((name) => name.trim());
  const at = (wanted: string): number => names.findIndex((name) => name.toLowerCase() === wanted.toLowerCase());
  const value = at(asked.valueColumn);
  const period = at(periodColumn ?? "period");
  if (value < 0) throw new UsageError(`${file} wants a column "${asked.valueColumn}"; it has ${names.join(", ")}.`);
  const known = period >= 0 ? period : periodColumn === null ? names.findIndex((name) => TIME.test(name)) : -1;
  if (known < 0)
    throw new UsageError(
      `${file} wants a column "${periodColumn ?? "period"}"; name it with --period (${names.join(", ")}).`,
    );
  const denominator = at(asked.denominatorColumn);
  const attributes = names
    .map((name, index) => ({ name, at: index }))
    .filter((column) => ![value, known, denominator].includes(column.at));
  if (attributes.length === 0) throw new UsageError(`${file} has no column to split by beside period and value.`);
  return { width: names.length, period: known, value, denominator: denominator < 0 ? null : denominator, attributes };
}

/** Names under which a period stands where none is called so. */
const TIME = /^(period|timestamp|time|date|day|week|month|min|minute|hour|ts)$/i;

type Row = {
  readonly stamp: string;
  readonly values: string[];
  readonly period: "before" | "after" | null;
  readonly hits: number;
  readonly weight: number | null;
};

function rowOf(cells: readonly string[], layout: Layout, { before, after }: CubeAsked): Row | string {
  if (cells.length !== layout.width) return `${cells.length} cells instead of ${layout.width}`;
  const stamp = (cells[layout.period] ?? "").trim();
  const period = isWithin(stamp, after) ? "after" : isWithin(stamp, before) ? "before" : null;
  const hits = numberOf(cells[layout.value]);
  if (hits === null) return `value "${cells[layout.value]}" is no number`;
  const weight = layout.denominator === null ? null : numberOf(cells[layout.denominator]);
  if (layout.denominator !== null && weight === null) return `denominator "${cells[layout.denominator]}" is no number`;
  if (hits < 0 || (weight ?? 0) < 0) return "a value or denominator below zero";
  return { stamp, values: layout.attributes.map(({ at }) => (cells[at] ?? "").trim()), period, hits, weight };
}

function numberOf(cell: string | undefined): number | null {
  const text = (cell ?? "").trim();
  const value = text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

function cubeFrom(
  rows: readonly Row[],
  layout: Layout,
  { file, before, after }: CubeAsked,
): Pick<CubeRead, "cube" | "leftOut" | "beforeScale"> {
  for (const [words, period] of [
    [before, "before"],
    [after, "after"],
  ] as const)
    if (!rows.some((row) => row.period === period))
      throw new UsageError(`${file} has no row of the period "${words.text}" (--${period}).`);
  const distinct = layout.attributes.map((_, index) => new Set(rows.map((row) => row.values[index])).size);
  const isId = (index: number): boolean => (distinct[index] ?? 0) > Math.max(ID_VALUES_MIN, rows.length / 2);
  const kept = layout.attributes.map((_, index) => index).filter((index) => !isId(index) && (distinct[index] ?? 0) > 1);
  if (kept.length === 0) throw new UsageError(`${file} has no column whose values part the rows into segments.`);
  if (kept.length > limits.explainAttributesMax)
    throw new UsageError(
      `${file} has ${kept.length} columns to split by; give at most ${limits.explainAttributesMax}.`,
    );
  const builder = cubeBuilder(kept.map((index) => layout.attributes[index]?.name ?? ""));
  const beforeScale = layout.denominator === null ? bucketsOf(rows, "after") / bucketsOf(rows, "before") : 1;
  for (const row of rows)
    builder.add({
      period: row.period ?? "before",
      hits: row.period === "after" ? row.hits : row.hits * beforeScale,
      weight: row.weight,
      values: kept.map((index) => row.values[index] ?? ""),
    });
  const leftOut = layout.attributes.filter((_, index) => isId(index)).map(({ name }) => name);
  return { cube: builder.build(), leftOut, beforeScale };
}

const bucketsOf = (rows: readonly Row[], period: Row["period"]): number =>
  new Set(rows.filter((row) => row.period === period).map(({ stamp }) => stamp)).size;

function recordsOf(file: string): AsyncIterable<string[]> {
  return createReadStream(file).pipe(parse({ bom: true, skip_empty_lines: true, relax_column_count: true }));
}

function sizeOf(file: string): number {
  try {
    const found = statSync(file);
    if (found.isFile()) return found.size;
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`);
  }
  throw new UsageError(`${file} is not a file.`);
}
