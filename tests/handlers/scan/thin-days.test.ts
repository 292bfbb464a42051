import { expect, test } from "vitest";
import { readCatalog } from "../../../src/cli/read-catalog.ts";
import type { Daily } from "../../../src/handlers/scan/daily.ts";
import { toScan } from "../../../src/handlers/scan/to-scan.ts";
import { scan } from "../../../src/insights/detect/scan.ts";
import type { MetricState } from "../../../src/kernel/measurement.ts";

const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
const DAYS = Array.from({ length: 60 }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10));
const plain = { masked: DAYS.map(() => false), calendar: DAYS.map(() => null) };

/** Handling times of 60 days: `n` cases a day of about 100 s each, and a last day of its own. */
function handling(n: number, last: { readonly n: number; readonly mean: number }): Daily {
  const state = (rows: number, mean: number): MetricState => ({
    kind: "mean",
    n: rows,
    sum: rows * mean,
    sumsq: rows * (mean ** 2 + 400),
  });
  const states = DAYS.map((_, day) => (day === 59 ? state(last.n, last.mean) : state(n, 100 + ((day * 7) % 5))));
  const metric = catalog.metrics.get("aht");
  if (!metric) throw new Error("no aht in the catalog");
  return { id: "aht", metric, segment: {}, parent: null, zone: "UTC", days: DAYS, states };
}
const found = (series: Daily) => scan([toScan(series, plain as never)], { at: 59 });

test("an average that doubles over its usual cases is told", () => {
  expect(found(handling(300, { n: 280, mean: 200 }))).toMatchObject([{ id: "aht", direction: "up" }]);
});

test("the average of one case, or of a small part of the usual ones, is not judged", () => {
  expect(found(handling(300, { n: 1, mean: 900 }))).toEqual([]);
  expect(found(handling(300, { n: 25, mean: 200 }))).toEqual([]);
  expect(found(handling(60, { n: 9, mean: 200 }))).toEqual([]);
});
