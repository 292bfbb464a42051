import type { Catalog } from "../../catalog/catalog.ts";
import type { CatalogSql, FactDefinition } from "../../catalog/definition.ts";

/** A table that facts are read from, as the checks look at it. */
export interface CheckedTable {
  /** As the catalog names it, e.g. `mart.cases`. */
  readonly table: string;
  /** Without the schema, as the watermarks name it. */
  readonly source: string;
  readonly alias: string;
  /** When a row belongs into the flow: the first instant of the fact. */
  readonly time: CatalogSql;
  /** Dimensions that stand in the table itself, with their closed sets (empty = open). */
  readonly dimensions: readonly {
    readonly id: string;
    readonly expr: CatalogSql;
    readonly values: readonly string[];
  }[];
  readonly parents: readonly { readonly alias: string; readonly table: string; readonly on: CatalogSql }[];
}

/** What the checks themselves write and read is not the flow that they watch. */
const OWN_TABLES = new Set(["mart.check_results", "mart.watermarks"]);

/** Every table that has a row per event, once: the fact with the fewest joins says its time, all of them say its parents. */
export function checkedTables(catalog: Catalog): CheckedTable[] {
  const byTable = new Map<string, FactDefinition[]>();
  for (const { definition } of catalog.facts.values()) {
    if (definition.grain !== "event" || OWN_TABLES.has(definition.table)) continue;
    byTable.set(definition.table, [...(byTable.get(definition.table) ?? []), definition]);
  }
  return [...byTable].flatMap(([table, facts]) => {
    const [plain] = facts.toSorted((a, b) => a.joins.length - b.joins.length);
    const time =
      plain && Object.values(plain.times).find(({ expr, kind }) => kind === "instant" && isOwn(expr, plain.alias));
    return plain && time ? [tableOf(table, plain, time.expr, facts, catalog)] : [];
  });
}

function tableOf(
  table: string,
  plain: FactDefinition,
  time: CatalogSql,
  facts: readonly FactDefinition[],
  catalog: Catalog,
): CheckedTable {
  const own = Object.entries(plain.dimensions).filter(([, { expr }]) => isOwn(expr, plain.alias));
  const joins = facts.filter(({ alias }) => alias === plain.alias).flatMap((fact) => fact.joins);
  const parents = new Map(
    joins.flatMap(({ alias, table: parent, on, optional }) =>
      parent && on && !optional && isBeside(on, plain.alias, alias)
        ? [[parent, { alias, table: parent, on }] as const]
        : [],
    ),
  );
  return {
    table,
    source: table.split(".").at(-1) ?? table,
    alias: plain.alias,
    time,
    dimensions: own.map(([id, { expr }]) => ({
      id,
      expr,
      values: catalog.dimensions.get(id)?.values.map((value) => value.id) ?? [],
    })),
    parents: [...parents.values()],
  };
}

/** Whether an expression names no alias but this one. */
const isOwn = (expr: string, alias: string): boolean => aliasesIn(expr).every((each) => each === alias);
const isBeside = (expr: string, one: string, other: string): boolean =>
  aliasesIn(expr).every((each) => each === one || each === other);
const aliasesIn = (expr: string): string[] =>
  [...expr.matchAll(/\b([a-z_]\w*)\.[a-z_]/g)].map((match) => match[1] ?? "");
