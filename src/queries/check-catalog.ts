import { distance } from "fastest-levenshtein";
import type { Catalog, Metric } from "../catalog/catalog.ts";
import type { CatalogProblem } from "../catalog/problem.ts";
import { compose } from "./compose.ts";
import type { Engine } from "./engine.ts";
import { lagQueries } from "./lag-curve.ts";
import type { MeasureContext } from "./measure.ts";
import { plan } from "./plan.ts";
import { isAmong } from "./spelling.ts";
import { type SqlText, sql } from "./sql.ts";

/**
 * Tries the catalog on the live database: every metric, and every dimension that it can be split by, is planned by the database but not
 * run. Returns what does not fit, with file, line, and the names that exist. A database that is away is a throw: nothing can be
 * said about the catalog then.
 */
export async function checkCatalog(catalog: Catalog, engine: Engine): Promise<CatalogProblem[]> {
  const problems = new Map<string, CatalogProblem>();
  const note = (problem: CatalogProblem): void => {
    const { file, line, message } = problem;
    if (!problems.has(`${file}:${line}:${message}`)) problems.set(`${file}:${line}:${message}`, problem);
  };
  const tried = new Set<string>();
  for (const metric of catalog.metrics.values()) {
    if (metric.shows.length > 0) continue;
    const failed = await tryMetric(catalog, metric, [], engine);
    if (failed)
      note(problemOf(catalog, ["metrics", metric.id, "measure"], failed, await columnsOf(engine, catalog, metric)));
    else {
      for (const dimension of metric.dimensions) {
        const path = dimensionPath(catalog, metric, dimension);
        if (tried.has(path.join("."))) continue;
        tried.add(path.join("."));
        const lacking = await tryMetric(catalog, metric, [dimension], engine);
        if (lacking) note(problemOf(catalog, path, lacking, await columnsOf(engine, catalog, metric)));
      }
    }
  }
  return [...problems.values()];
}

const CHECKED_AT = Date.UTC(2026, 0, 15);

/** The database's complaint about a metric with this split, or null. `explain` plans a statement without running it. */
async function tryMetric(
  catalog: Catalog,
  metric: Metric,
  by: readonly string[],
  engine: Engine,
): Promise<DatabaseError | null> {
  const context: MeasureContext = { catalog, now: CHECKED_AT, zone: "UTC" };
  const planned = plan(
    {
      kind: "metric",
      metrics: [metric.id],
      by,
      filters: {},
      period: metric.moment ? null : { from: "2026-01-01", to: "2026-02-01" },
      grain: "total",
      compare: null,
      options: metric.moment ? { at: "2026-01-01T00:00Z" } : {},
    },
    context,
  );
  if (!planned.ok) return null;
  for (const one of planned.value.main) {
    const queries = [...compose(one, context.now, catalog).queries.flat(), ...lagQueries(one, context.now, catalog)];
    for (const { text } of queries) {
      const failed = await explain(engine, text);
      if (failed) return failed;
    }
  }
  return null;
}

interface DatabaseError {
  readonly message: string;
}

async function explain(engine: Engine, text: SqlText): Promise<DatabaseError | null> {
  const ran = await engine.run(sql`explain ${text}`);
  if (ran.ok) return null;
  const { cause } = ran.error;
  // A fault is a statement that the engine understood as wrong: what it names does not exist, or its types do not fit.
  if (ran.error.code === "fault" && cause instanceof Error) return { message: cause.message };
  throw cause;
}

type Path = readonly (string | number)[];

function dimensionPath(catalog: Catalog, metric: Metric, dimension: string): Path {
  const measure = metric.definition;
  const fact = "fact" in measure ? catalog.facts.get(measure.fact) : undefined;
  return fact ? ["facts", fact.id, "dimensions", dimension] : ["metrics", metric.id, "measure"];
}

function problemOf(catalog: Catalog, path: Path, error: DatabaseError, columns: readonly string[]): CatalogProblem {
  const named = /(?:(?:column|relation|schema) "?|[Ii]dentifier [`']|[Tt]able (?:expression )?[`']?)([\w.]+)/.exec(
    error.message,
  )?.[1];
  const missing = named?.split(".").at(-1);
  const near =
    missing === undefined ? [] : [...columns].sort((a, b) => distance(missing, a) - distance(missing, b)).slice(0, 3);
  const instead =
    near.length > 0 ? `write ${near.join(" or ")}` : "mend this expression, or map it to what the database has";
  return { ...catalog.locate(path), column: 1, path: path.join("."), message: error.message, instead };
}

/** Tables and columns that the metric's facts could mean: those of its tables, and every table of their schemas. */
async function columnsOf(engine: Engine, catalog: Catalog, metric: Metric): Promise<string[]> {
  const measure = metric.definition;
  const facts = "fact" in measure ? [catalog.facts.get(measure.fact)] : [...catalog.facts.values()];
  const tables = facts.flatMap((fact) =>
    fact ? [fact.definition.table, ...fact.definition.joins.flatMap(({ table }) => table ?? [])] : [],
  );
  const table = sql`concat(table_schema, '.', table_name)`;
  const found = await engine.run(
    sql`select column_name as name from information_schema.columns where ${isAmong(table, tables)} or ${isAmong(sql`table_name`, tables)}
      union distinct select ${table} as name from information_schema.tables
      where table_schema not in ('pg_catalog', 'information_schema', 'INFORMATION_SCHEMA', 'system')`,
  );
  return found.ok ? found.value.rows.map(({ name }) => String(name)) : [];
}
