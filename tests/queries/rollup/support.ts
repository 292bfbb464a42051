import { expect } from "vitest";
import type { Catalog } from "../../../src/catalog/catalog.ts";
import type { MetricState } from "../../../src/kernel/measurement.ts";
import type { MeasuredRow } from "../../../src/queries/measure.ts";
import { type RollupOptions, type RollupReport, rollUp } from "../../../src/queries/rollup/rollup.ts";
import type { TestDatabase } from "../../support/database.ts";

/** Every cuboid there is, however little it spares: the tests want them all. */
export function rollUpAll(
  db: TestDatabase,
  catalog: Catalog,
  now: number,
  more: Partial<RollupOptions> = {},
): Promise<RollupReport> {
  return rollUp(db.writer, {
    catalog,
    zone: "Asia/Singapore",
    now,
    budgetShare: Number.POSITIVE_INFINITY,
    eventsPerCellMin: 0.01,
    eventsADayMin: 0,
    choose: false,
    from: null,
    to: null,
    asked: [],
    onProgress: () => {},
    ...more,
  });
}

/** The same keys, flags and states; sums of doubles up to the order in which they were added. */
export function expectSameRows(found: readonly MeasuredRow[], expected: readonly MeasuredRow[]): void {
  expect(found.map(({ key, flags }) => ({ key, flags }))).toEqual(expected.map(({ key, flags }) => ({ key, flags })));
  expected.forEach((row, index) => {
    expectSameState((found[index] as MeasuredRow).state, row.state, JSON.stringify(row.key));
  });
}

function expectSameState(found: unknown, expected: unknown, what: string): void {
  if (typeof expected === "number" && typeof found === "number") {
    expect(Math.abs(found - expected), `${what}: ${found}, from events ${expected}`).toBeLessThanOrEqual(
      1e-9 * Math.max(1, Math.abs(expected)),
    );
    return;
  }
  if (typeof expected !== "object" || expected === null) {
    expect(found, what).toEqual(expected);
    return;
  }
  const entries = Object.entries(expected as MetricState);
  expect(Object.keys(found as object).sort(), what).toEqual(entries.map(([key]) => key).sort());
  for (const [key, value] of entries) expectSameState((found as Record<string, unknown>)[key], value, `${what}.${key}`);
}
