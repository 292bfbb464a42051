import type { Pool } from "pg";
import type { Catalog } from "../catalog/catalog.ts";
import { limits } from "../kernel/limits.ts";
import type { LagCurve, SqlRecord } from "../kernel/measurement.ts";
import type { Question } from "../kernel/question.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { err, ok, type Result } from "../kernel/result.ts";
import { arrange, type Shown, shownValues } from "./arrange.ts";
import { type Cell, isEmpty } from "./cells.ts";
import { type CompileMeasure, compose, unite } from "./compose.ts";
import { type Engine, postgresEngine } from "./engine.ts";
import { lagQueries } from "./lag-curve.ts";
import type { Measure, MeasureContext, MeasuredRow, Measurement, OnePass } from "./measure.ts";
import { type MetricPlan, type Plan, plan } from "./plan.ts";
import type { Query } from "./read-cells.ts";
import { refusalOf } from "./run.ts";
import { render, type SqlText, type Statement } from "./sql.ts";
import { unknownOpenValue } from "./unknown-open-value.ts";
import { readWatermarks, throughOf, type Watermarks } from "./watermarks.ts";

/** What compiles a catalog's measures at the moment: over events, or from roll-ups where they cover them. */
export type Compiler = (catalog: Catalog) => Promise<CompileMeasure | undefined>;

/** How complete the data are, and what compiles a catalog's measures over them. */
export interface Snapshot {
  readonly catalog: Catalog;
  readonly watermarks: Watermarks;
  readonly compile: CompileMeasure | undefined;
}
/** A measure that need not read again what the data are, where that was just read. */
export type MeasureAt = (question: Question, context: MeasureContext, snapshot?: Snapshot) => ReturnType<Measure>;

/** Answers Questions from the event tables through a pool whose sessions are read-only and time-limited. */
export const createMeasure = (pool: Pool, compiler?: Compiler): Measure => measureOn(postgresEngine(pool), compiler);

/** Answers Questions from the event tables of an engine, unless `compiler` knows a shorter way to the same states. */
export function measureOn(engine: Engine, compiler: Compiler = async () => undefined): MeasureAt {
  return async (question, asked, known) => {
    // ClickHouse answers each split by itself: it is quick at that, and its GROUPING is another one.
    const { pass, ...alone } = asked;
    const context: MeasureContext = pass && engine.dialect === "postgres" ? asked : alone;
    const planned = plan(question, context);
    if (!planned.ok) return planned;
    const snapshot = known?.catalog === context.catalog ? ok(known) : await readSnapshot(context, engine, compiler);
    if (!snapshot.ok) return snapshot;
    const { watermarks, compile } = snapshot.value;
    const { main, compare, zoning } = planned.value;
    const statements = new Statements(engine, context.pass);
    const find = (plans: readonly MetricPlan[]) =>
      Promise.all(plans.map((one) => cellsOf(one, watermarks, context.catalog, statements, compile)));
    const [found, compared] = await Promise.all([find(main), find(compare ?? [])]);
    const refused = [...found, ...compared].find((one) => !one.ok);
    if (refused && !refused.ok) return refused;
    const cells = found.flatMap((one) => (one.ok ? [one.value] : []));
    const before = compared.flatMap((one) => (one.ok ? [one.value] : []));
    if ([...cells, ...before].every((list) => list.every(({ state }) => isEmpty(state)))) {
      const unknown = await unknownOpenValue(engine, question, main, context.catalog);
      if (unknown) return err(unknown);
    }
    const shown = shownIn(planned.value, cells, before, question, context);
    const rows = rowsOf(main, cells, shown, watermarks);
    const beforeRows = compare && rowsOf(compare, before, shown, watermarks);
    if (!rows || (compare && !beforeRows)) return err({ code: "too_many_rows", params: { limit: limits.rowsMax } });
    const lags = await lagsOf(main, rows, watermarks, context.catalog, statements);
    if (!lags.ok) return lags;
    const measurement: Measurement = {
      rows,
      compare: beforeRows ?? null,
      lags: lags.value,
      sql: statements.records,
      ...completeness(main, watermarks, context.now),
      zone: zoning.kind === "one" ? zoning.zone : null,
    };
    return ok(measurement);
  };
}

async function readSnapshot(
  { catalog }: MeasureContext,
  engine: Engine,
  compiler: Compiler,
): Promise<Result<Snapshot, Refusal>> {
  const [read, compiled] = await Promise.all([
    readWatermarks(engine, catalog.watermarks),
    compiler(catalog).then(ok, (cause) => err(refusalOf(cause))),
  ]);
  if (!read.ok) return read;
  if (!compiled.ok) return compiled;
  return ok({ catalog, watermarks: read.value.watermarks, compile: compiled.value });
}

/** The statements of a Question as they would be run, in order; nothing is read, so data count as complete up to now. */
export function compileQuestion(question: Question, context: MeasureContext): Result<readonly Statement[], Refusal> {
  const planned = plan(question, context);
  if (!planned.ok) return planned;
  const plans = [...planned.value.main, ...(planned.value.compare ?? [])];
  const texts = plans.flatMap((one) =>
    compose(one, context.now, context.catalog)
      .queries.flat()
      .map(({ text }) => render(text)),
  );
  return ok([...new Map(texts.map((text) => [JSON.stringify(text), text])).values()]);
}

/** Runs each distinct statement of a Question, or of a pass, once: p50 and p95 are read from the same rows. */
class Statements {
  readonly records: SqlRecord[] = [];
  readonly #engine: Engine;
  readonly #running: OnePass["running"];
  readonly #recorded = new Set<string>();

  constructor(engine: Engine, pass: OnePass | undefined) {
    this.#engine = engine;
    this.#running = pass?.running ?? new Map();
  }

  async run(text: SqlText, source: Query["source"] = "events"): ReturnType<Engine["run"]> {
    const key = JSON.stringify(render(text));
    const running = this.#running.get(key) ?? this.#engine.run(text);
    this.#running.set(key, running);
    const ran = await running;
    if (ran.ok && !this.#recorded.has(key)) this.records.push({ ...ran.value.record, source });
    this.#recorded.add(key);
    return ran;
  }
}

async function cellsOf(
  planned: MetricPlan,
  watermarks: Watermarks,
  catalog: Catalog,
  statements: Statements,
  compile: CompileMeasure | undefined,
): Promise<Result<readonly Cell[], Refusal>> {
  const through = throughOf(planned.metric.reads, watermarks, planned.now);
  const { queries, combine } = compose(planned, through, catalog, compile);
  const measured = await Promise.all(queries.map((parts) => runParts(parts, statements)));
  const found: (readonly Cell[])[] = [];
  for (const result of measured) {
    if (!result.ok) return result;
    found.push(result.value);
  }
  return ok(unite(combine(found)));
}

/** A measure's statements, and their cells as one list. */
async function runParts(parts: readonly Query[], statements: Statements): Promise<Result<readonly Cell[], Refusal>> {
  const ran = await Promise.all(parts.map(({ text, source }) => statements.run(text, source)));
  const found: Cell[][] = [];
  for (const [index, result] of ran.entries()) {
    if (!result.ok) return result;
    const part = parts[index];
    const cells = part?.read(result.value.rows) ?? [];
    if (result.value.rows.length > limits.rowsMax * (part?.splits ?? 1) || cells.length > limits.rowsMax)
      return err({ code: "too_many_rows", params: { limit: limits.rowsMax } });
    found.push(cells);
  }
  return ok(parts.length === 1 ? (found[0] ?? []) : unite(found.flat()));
}

/** The first metric ranks; the others, and the comparison, show the same split values in the same order. */
function shownIn(
  { main }: Plan,
  cells: readonly (readonly Cell[])[],
  before: readonly (readonly Cell[])[],
  question: Question,
  context: MeasureContext,
): Shown {
  const [first] = main;
  if (!first) return { order: [], folds: false };
  const leading = shownValues(first, cells[0] ?? [], question.options, context.catalog);
  const rest = [...cells.slice(1), ...before].flat();
  const all = shownValues(
    first,
    rest.map((cell) => ({ ...cell, state: { kind: "count", n: 0 } })),
    {},
    context.catalog,
  );
  const missing = all.order.filter((key) => !leading.order.includes(key));
  if (question.options.limit !== undefined) return { ...leading, folds: leading.folds || missing.length > 0 };
  if (missing.length === 0 || question.options.order !== undefined)
    return { ...leading, order: [...leading.order, ...missing] };
  const both = [...(cells[0] ?? []), ...rest].map((cell): Cell => ({ ...cell, state: { kind: "count", n: 0 } }));
  return shownValues(first, both, {}, context.catalog);
}

function rowsOf(
  plans: readonly MetricPlan[],
  cells: readonly (readonly Cell[])[],
  shown: Shown,
  watermarks: Watermarks,
): MeasuredRow[] | null {
  const rows: MeasuredRow[] = [];
  for (const [index, planned] of plans.entries()) {
    const through = throughOf(planned.metric.reads, watermarks, planned.now);
    const arranged = arrange(planned, cells[index] ?? [], shown, through);
    if (arranged.tooMany) return null;
    rows.push(...arranged.rows);
  }
  return rows;
}

/** The lag curves of metrics with immature rows. Too few hits under the filters: those of all cohorts, if they are enough. */
async function lagsOf(
  plans: readonly MetricPlan[],
  rows: readonly MeasuredRow[],
  watermarks: Watermarks,
  catalog: Catalog,
  statements: Statements,
): Promise<Result<ReadonlyMap<string, LagCurve>, Refusal>> {
  const lags = new Map<string, LagCurve>();
  for (const planned of plans) {
    const { id, reads } = planned.metric;
    if (!rows.some((row) => row.metric === id && row.ages !== undefined && !row.flags.includes("no_data"))) continue;
    const through = throughOf(reads, watermarks, planned.now);
    for (const query of lagQueries(planned, through, catalog)) {
      const ran = await statements.run(query.text);
      // The answer stands without its nowcast.
      if (!ran.ok && ran.error.code === "timeout") break;
      if (!ran.ok) return ran;
      const curve = query.read(ran.value.rows);
      if (curve.hits.reduce((sum, hits) => sum + hits, 0) < query.hitsMin) continue;
      lags.set(id, curve);
      break;
    }
  }
  return ok(lags);
}

/** Up to when the data read are complete, and per table, so that an answer can say which one is late. */
function completeness(
  plans: readonly MetricPlan[],
  watermarks: Watermarks,
  now: number,
): Pick<Measurement, "dataThrough" | "watermarks"> {
  const reads = [...new Set(plans.flatMap(({ metric }) => metric.reads))];
  const known = reads.flatMap((source) => {
    const complete = watermarks.get(source);
    return complete === undefined ? [] : [{ source, completeThrough: new Date(complete).toISOString() }];
  });
  const dataThrough = known.length === 0 ? null : new Date(throughOf(reads, watermarks, now)).toISOString();
  return { dataThrough, watermarks: known };
}
