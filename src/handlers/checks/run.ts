import type { Pool } from "pg";
import type { Catalog } from "../../catalog/catalog.ts";
import { expectedByHour, hourlyGaps } from "../../insights/quality/hourly-gaps.ts";
import { stabilityIndex } from "../../insights/quality/psi.ts";
import { limits } from "../../kernel/limits.ts";
import { type CheckResult, keepResults, knownColumns } from "../../queries/checks/results.ts";
import {
  columnsOf,
  hourlyCounts,
  type MixCell,
  mixes,
  orphans,
  repeatedRows,
  type Span,
} from "../../queries/checks/scan.ts";
import { type CheckedTable, checkedTables } from "../../queries/checks/tables.ts";
import type { Engine } from "../../queries/engine.ts";
import { readWatermarks, type Watermarks } from "../../queries/watermarks.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The same with the watermarks as they stand. Throws when the database cannot be read. */
export async function checkData(
  catalog: Catalog,
  facts: Engine,
  pool: Pool,
  now: number,
): Promise<readonly CheckResult[]> {
  const read = await readWatermarks(facts, catalog.watermarks);
  if (!read.ok) throw new Error(`The watermarks cannot be read: ${read.error.code}.`, { cause: read.error.cause });
  return runChecks({ catalog, facts, pool, watermarks: read.value.watermarks, now });
}

export interface CheckDeps {
  readonly catalog: Catalog;
  /** Where the facts are. */
  readonly facts: Engine;
  /** Keeps the results. */
  readonly pool: Pool;
  readonly watermarks: Watermarks;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Runs every check on every table that the catalog's facts are read from, and keeps the results: how late each table is, hours without rows,
 * empty fields, values that the catalog lacks, repeated rows, rows without their parent, columns that came or went, another mix of values.
 * Each looks at the last complete day up to the table's watermark; volume looks back 35 days.
 */
export async function runChecks(deps: CheckDeps): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [...deps.watermarks].map(([source, through]) => freshness(deps, source, through));
  const columns = await knownColumns(deps.pool);
  for (const table of checkedTables(deps.catalog)) {
    const through = Math.min(deps.now, deps.watermarks.get(table.source) ?? deps.now);
    const day = { from: through - DAY, to: through };
    results.push(
      ...(await volume(deps.facts, table, through)),
      ...(await fields(deps.facts, table, day)),
      ...(await repeated(deps.facts, table, day)),
      ...(await references(deps.facts, table, day)),
      await schema(deps.facts, table, columns.get(table.source)),
    );
  }
  await keepResults(deps.pool, deps.now, results);
  return results;
}

const BLANK = { subject: "", value: null, expected: null, low: null, high: null, verdict: "ok", detail: {} } as const;

function freshness({ now }: CheckDeps, source: string, through: number): CheckResult {
  const hours = Math.max(0, (now - through) / HOUR);
  const high = limits.checkLateHoursMax;
  const detail = { through: new Date(through).toISOString(), hours };
  return { ...BLANK, kind: "freshness", source, value: hours, high, verdict: hours > high ? "bad" : "ok", detail };
}

const LOOKED_AT_DAYS = 35;
const BASELINE_DAYS = 56;

/** One result for the last day against what its hours let expect, and one per gap of the last 35 days. */
async function volume(facts: Engine, table: CheckedTable, through: number): Promise<CheckResult[]> {
  const to = Math.floor(through / HOUR) * HOUR;
  const from = to - (LOOKED_AT_DAYS + BASELINE_DAYS) * DAY;
  const counts = await hourlyCounts(facts, table, { from, to });
  const gaps = hourlyGaps(counts, BASELINE_DAYS * 24).map((gap): CheckResult => {
    const detail = {
      from: new Date(from + gap.from * HOUR).toISOString(),
      to: new Date(from + gap.to * HOUR).toISOString(),
    };
    return {
      ...BLANK,
      kind: "volume",
      source: table.source,
      subject: "gap",
      value: gap.count,
      expected: gap.expected,
      verdict: "bad",
      detail,
    };
  });
  return [lastDay(table, counts), ...gaps];
}

/** Three times what was expected is a finding of the data (a load twice over, a new source): less is the detector's business. */
function lastDay({ source }: CheckedTable, counts: readonly number[]): CheckResult {
  const expected = expectedByHour(counts).slice(-24);
  const value = sum(counts.slice(-24));
  if (expected.some((each) => each === null)) return { ...BLANK, kind: "volume", source, value, verdict: "unknown" };
  const mean = sum(expected.map((each) => each ?? 0));
  const high = Math.max(3 * mean, mean + 50);
  return { ...BLANK, kind: "volume", source, value, expected: mean, high, verdict: value > high ? "bad" : "ok" };
}

const MIX_DAYS = 28;

/** Of each dimension that stands in the table: how much is empty, what the catalog does not know, and whether the mix is another one. */
async function fields(facts: Engine, table: CheckedTable, day: Span): Promise<CheckResult[]> {
  const cells = await mixes(facts, table, day, { from: day.from - MIX_DAYS * DAY, to: day.from });
  return table.dimensions.flatMap(({ id, values }) => {
    const own = cells.filter(({ dimension }) => dimension === id);
    return [
      empty(table, id, own),
      ...(values.length > 0 ? [foreign(table, id, own, values), mix(table, id, own, values)] : []),
    ];
  });
}

/** Empty where it was not before: five points more than in the 28 days before, and at least ten rows. */
function empty({ source }: CheckedTable, subject: string, cells: readonly MixCell[]): CheckResult {
  const blank = cells.find(({ value }) => value === null);
  const [now, before] = [sum(cells.map((cell) => cell.now)), sum(cells.map((cell) => cell.before))];
  if (now === 0 || before === 0) return { ...BLANK, kind: "nulls", source, subject, verdict: "unknown" };
  const [value, expected] = [(blank?.now ?? 0) / now, (blank?.before ?? 0) / before];
  const bad = value > expected + 0.05 + 3 * Math.sqrt((expected * (1 - expected)) / now) && (blank?.now ?? 0) >= 10;
  return {
    ...BLANK,
    kind: "nulls",
    source,
    subject,
    value,
    expected,
    verdict: bad ? "bad" : "ok",
    detail: { rows: now },
  };
}

function foreign(
  { source }: CheckedTable,
  subject: string,
  cells: readonly MixCell[],
  known: readonly string[],
): CheckResult {
  const foreigners = cells.filter(({ value, now }) => value !== null && now > 0 && !known.includes(value));
  const value = sum(foreigners.map(({ now }) => now));
  const names = foreigners.slice(0, NAMED_MAX).map((cell) => cell.value);
  return {
    ...BLANK,
    kind: "values",
    source,
    subject,
    value,
    high: 0,
    verdict: value > 0 ? "bad" : "ok",
    detail: { values: names.join(", ") },
  };
}

const NAMED_MAX = 5;
const MIX_ROWS_MIN = 200;
const STABILITY_MAX = 0.25;

function mix(
  { source }: CheckedTable,
  subject: string,
  cells: readonly MixCell[],
  known: readonly string[],
): CheckResult {
  const listed = cells.filter(({ value }) => value !== null && known.includes(value));
  const [now, before] = [sum(listed.map((cell) => cell.now)), sum(listed.map((cell) => cell.before))];
  const value = stabilityIndex(
    listed.map((cell) => cell.now),
    listed.map((cell) => cell.before),
  );
  const result = { ...BLANK, kind: "mix", source, subject, value, high: STABILITY_MAX } as const;
  if (value === null || now < MIX_ROWS_MIN || before < MIX_ROWS_MIN) return { ...result, verdict: "unknown" };
  const [most] = listed.toSorted(
    (a, b) => Math.abs(b.now / now - b.before / before) - Math.abs(a.now / now - a.before / before),
  );
  const detail = most ? { moved: most.value ?? "", share: most.now / now, before: most.before / before } : {};
  return { ...result, verdict: value > STABILITY_MAX ? "bad" : "ok", detail };
}

async function repeated(facts: Engine, table: CheckedTable, day: Span): Promise<CheckResult[]> {
  const found = await repeatedRows(facts, table, day);
  if (!found) return [];
  const { rows, repeated: value } = found;
  const high = Math.max(5, 0.001 * rows);
  return [
    {
      ...BLANK,
      kind: "keys",
      source: table.source,
      value,
      high,
      verdict: value > high ? "bad" : "ok",
      detail: { rows },
    },
  ];
}

async function references(facts: Engine, table: CheckedTable, day: Span): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const parent of table.parents) {
    const { rows, orphans: value } = await orphans(facts, table, parent, day);
    const subject = parent.table.split(".").at(-1) ?? parent.table;
    results.push({
      ...BLANK,
      kind: "references",
      source: table.source,
      subject,
      value,
      high: 0,
      verdict: value > 0 ? "bad" : "ok",
      detail: { rows },
    });
  }
  return results;
}

/** The first run learns the columns; a later one names what came or went since the run before it. */
async function schema(facts: Engine, table: CheckedTable, known: readonly string[] | undefined): Promise<CheckResult> {
  const columns = await columnsOf(facts, table.table);
  const came = known ? columns.filter((name) => !known.includes(name)) : [];
  const went = known ? known.filter((name) => !columns.includes(name)) : [];
  const value = came.length + went.length;
  const detail = { columns: columns.join(", "), came: came.join(", "), went: went.join(", ") };
  return { ...BLANK, kind: "schema", source: table.source, value, high: 0, verdict: value > 0 ? "bad" : "ok", detail };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
