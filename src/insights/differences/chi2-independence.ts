import { chi2Sf } from "../distributions/chi2.ts";

export interface Chi2Test {
  readonly chi2: number | null;
  readonly df: number | null;
  readonly pValue: number | null;
  readonly reason?: string;
}

/** Pearson's χ² of independence of a table's rows and columns, without continuity correction. Undefined with an empty row or column. */
export function chi2Independence(table: readonly (readonly number[])[]): Chi2Test {
  const rows = table.map((row) => row.reduce((a, b) => a + b, 0));
  const columns = (table[0] ?? []).map((_, j) => table.reduce((sum, row) => sum + (row[j] ?? 0), 0));
  const total = rows.reduce((a, b) => a + b, 0);
  if (rows.length < 2 || columns.length < 2) return none("the table needs two rows and two columns");
  if ([...rows, ...columns].some((margin) => !(margin > 0))) return none("a row or a column is empty");
  let chi2 = 0;
  table.forEach((row, i) => {
    row.forEach((observed, j) => {
      const expected = ((rows[i] ?? 0) * (columns[j] ?? 0)) / total;
      chi2 += (observed - expected) ** 2 / expected;
    });
  });
  const df = (rows.length - 1) * (columns.length - 1);
  return { chi2, df, pValue: chi2Sf(chi2, df) };
}

const none = (reason: string): Chi2Test => ({ chi2: null, df: null, pValue: null, reason });
