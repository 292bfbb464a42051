import { type Aside, checkField, type RowRules } from "./check-row.ts";
import type { LoadColumn, LoadTable } from "./tables.ts";

/** A record read and judged. `line` is its line in a CSV file, its row in a Parquet file, from 1. */
export type JudgedRow =
  | { readonly line: number; readonly content: string; readonly values: readonly (string | null)[] }
  | { readonly line: number; readonly content: string; readonly aside: Aside };

/** Where each column of the table stands in a record. */
export type Places = readonly { readonly column: LoadColumn; readonly at: number }[];

/**
 * The places of a table's columns among those that a delivery has, or one sentence on why it cannot be read: a column is missing, and which
 * unknown one may be its new name.
 */
export function placesOf(
  table: LoadTable,
  names: readonly string[],
): { readonly places: Places; readonly unknown: readonly string[] } | { readonly refused: string } {
  const known = new Set(table.columns.map(({ name }) => name));
  const unknown = names.filter((name) => !known.has(name));
  const missing = table.columns.filter(({ name }) => !names.includes(name)).map(({ name }) => name);
  if (missing.length > 0) {
    const lacks = `missing column${missing.length > 1 ? "s" : ""} ${missing.join(", ")}`;
    const renamed = `; ${unknown.join(", ")} ${unknown.length > 1 ? "are" : "is"} new here: if it was renamed, rename it back or load a view`;
    return { refused: unknown.length > 0 ? lacks + renamed : lacks };
  }
  return { places: table.columns.map((column) => ({ column, at: names.indexOf(column.name) })), unknown };
}

/** The fields of one record as COPY is to read them, or the first that cannot stand. */
export function judgeFields(
  row: { readonly line: number; readonly content: string },
  fields: readonly string[],
  places: Places,
  rules: RowRules,
): JudgedRow {
  const values: (string | null)[] = [];
  for (const { column, at } of places) {
    const checked = checkField(column, fields[at] ?? "", rules);
    if ("fault" in checked) return { ...row, aside: checked };
    values.push(checked.text);
  }
  return { ...row, values };
}
