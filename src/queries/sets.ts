import type { PlainMeasure } from "../catalog/definition.ts";
import { limits } from "../kernel/limits.ts";
import { dimensionOf, joinsFor, type Scope, scopeExpressions } from "./compile-scope.ts";
import type { Query } from "./read-cells.ts";
import { ident, join, nothing, render, type SqlText, sql } from "./sql.ts";

/** Several splits of the same rows by one statement: GROUPING SETS, with a column that says which split a row is of. */

/**
 * The scope of a statement for all splits that are asked in one pass and read the very same rows as this one; null where it stays alone. Splits
 * whose dimensions need other joins read other rows where a row has no partner, so that they have statements of their own.
 */
export function sharedScope(measure: PlainMeasure, scope: Scope): Scope | null {
  if (!scope.sets || measure.kind === "pairs") return null;
  const narrows = (set: readonly string[]): boolean => set.some((id) => dimensionOf(scope, id).narrowsHit);
  const joins = joinsOf(scope, scope.by);
  const grouping = scope.sets.filter((set) => !narrows(set) && joinsOf(scope, set) === joins);
  if (grouping.length < 2 || !grouping.some((set) => isSame(set, scope.by))) return null;
  const by = [...new Set(grouping.flat())];
  return by.length > DIMENSIONS_MAX ? null : { ...scope, by, grouping };
}

/** Arguments that GROUPING takes. */
const DIMENSIONS_MAX = 31;

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((dimension) => b.includes(dimension));

const joinsOf = (scope: Scope, by: readonly string[]): string => {
  const own = { ...scope, by };
  return JSON.stringify(render(joinsFor(own, scopeExpressions(own))));
};

/** A row's split as a number: a bit for each dimension, 1 where it is not of the split. */
export const setColumn = ({ grouping, by }: Scope): SqlText[] =>
  grouping && by.length > 0
    ? [
        sql`grouping(${join(
          by.map((_, index) => ident(`k${index + 1}`)),
          ", ",
        )}) as set_id`,
      ]
    : [];

/** `group by` all of the names, or by those of each split in turn; names beyond the dimensions' belong to every split. */
export function groupedBy({ grouping, by }: Scope, names: readonly SqlText[]): SqlText {
  if (!grouping) return names.length === 0 ? nothing : sql`group by ${join(names, ", ")}`;
  const rest = names.slice(by.length);
  const sets = grouping.map((set) => {
    const own = [...names.slice(0, by.length).filter((_, index) => set.includes(by[index] ?? "")), ...rest];
    return sql`(${own.length === 0 ? nothing : join(own, ", ")})`;
  });
  return sql`group by grouping sets (${join(sets, ", ")})`;
}

/** The rows of a shared statement that are of this scope's split, with their keys in its order. */
export function readOwn(query: Query, shared: Scope, { by }: Scope): Query {
  const at = by.map((id) => shared.by.indexOf(id));
  const id = shared.by.reduce((bits, dimension) => bits * 2 + (by.includes(dimension) ? 0 : 1), 0);
  return {
    ...query,
    splits: shared.grouping?.length ?? 1,
    read: (rows) =>
      query
        .read(rows.filter((row) => Number(row.set_id) === id))
        .map((cell) => ({ ...cell, values: at.map((index) => cell.values[index] ?? null) })),
  };
}

/** Rows that a statement may give before there are too many. */
export const rowLimit = ({ grouping }: Scope): number => limits.rowsMax * (grouping?.length ?? 1) + 1;
