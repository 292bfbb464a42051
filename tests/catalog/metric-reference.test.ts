import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { metricReference } from "../../scripts/metric-reference.ts";
import { loadCatalog } from "../../src/catalog/load.ts";

test("docs/metrics.md is what the catalog says", () => {
  const loaded = loadCatalog({ dirs: ["catalog"] });
  expect(loaded.ok && metricReference(loaded.value)).toBe(readFileSync("docs/metrics.md", "utf8"));
});
