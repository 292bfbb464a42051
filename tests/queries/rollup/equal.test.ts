import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Catalog } from "../../../src/catalog/catalog.ts";
import { loadCatalog } from "../../../src/catalog/load.ts";
import { blank, GRAINS, type Grain, type Question } from "../../../src/kernel/question.ts";
import { createMeasure } from "../../../src/queries/create-measure.ts";
import { type Measure, type Measurement, onePass } from "../../../src/queries/measure.ts";
import { openRollups } from "../../../src/queries/rollup/open-rollups.ts";
import { DEMO_NOW, demoCopy, type TestDatabase } from "../../support/database.ts";
import { expectSameRows, rollUpAll } from "./support.ts";

let db: TestDatabase;
let catalog: Catalog;
let events: Measure;
let cells: Measure;

beforeAll(async () => {
  db = await demoCopy();
  const loaded = loadCatalog({ dirs: ["catalog"] });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  catalog = loaded.value;
  // Both changes of the clock; the rest of the history stays with events.
  await rollUpAll(db, catalog, DEMO_NOW, { from: "2025-10-24", to: "2025-11-10" });
  await rollUpAll(db, catalog, DEMO_NOW, { from: "2026-02-20", to: "2026-03-19" });
  events = createMeasure(db.reader);
  cells = createMeasure(db.reader, openRollups(db.reader).compiler);
}, 120_000);
afterAll(() => db?.end());

const ZONES = ["Asia/Singapore", "Asia/Kuala_Lumpur", "America/Los_Angeles", "Europe/London", "UTC", "Asia/Kolkata"];

/** Any question that a person can put to a metric, over days that hold both changes of the clock. */
function questions(): fc.Arbitrary<{ question: Question; zone: string }> {
  const ids = [...catalog.metrics.values()].filter(({ moment }) => !moment).map(({ id }) => id);
  return fc
    .record({
      id: fc.constantFrom(...ids),
      zone: fc.constantFrom(...ZONES),
      dimensions: fc.shuffledSubarray([...catalog.dimensions.keys()], { maxLength: 3 }),
      splits: fc.integer({ min: 0, max: 2 }),
      exclude: fc.boolean(),
      pick: fc.nat(),
      grain: fc.constantFrom<Grain>(...GRAINS),
      start: fc.oneof(fc.integer({ min: 372, max: 398 }), fc.integer({ min: 255, max: 275 })),
      days: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 20, max: 60 })),
      minute: fc.option(fc.integer({ min: 1, max: 1_439 }), { nil: null, freq: 3 }),
    })
    .map(({ id, zone, dimensions, splits, exclude, pick, grain, start, days, minute }) => {
      const metric = catalog.metrics.get(id);
      const possible = dimensions.filter((dimension) => metric?.dimensions.includes(dimension));
      const by = possible.slice(0, splits);
      const filters = Object.fromEntries(
        possible.slice(splits).flatMap((dimension) => {
          const values = catalog.dimensions.get(dimension)?.values.map((value) => value.id) ?? [];
          if (values.length === 0) return [];
          const some = [values[pick % values.length] as string];
          if (pick % 3 === 0) some.push(values[(pick + 1) % values.length] as string);
          return [[exclude ? `!${dimension}` : dimension, [...new Set(some)].sort()]];
        }),
      );
      const first = DEMO_NOW - (400 - start) * 86_400_000;
      const date = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
      const from = date(first);
      const to =
        minute === null
          ? date(first + days * 86_400_000)
          : new Date(Date.parse(`${date(first + days * 86_400_000)}T00:00Z`) + minute * 60_000).toISOString();
      return {
        question: {
          ...blank("metric"),
          metrics: [id],
          by,
          filters,
          grain: days > 40 && grain === "hour" ? "day" : grain,
          period: { from, to },
        },
        zone,
      };
    });
}

/** No machine has a handling time: a mean of no rows, which has bins all the same. */
const nobodyHandled: { question: Question; zone: string } = {
  question: {
    ...blank("metric"),
    metrics: ["aht"],
    filters: { "!decider": ["human"] },
    period: { from: "2025-10-31", to: "2025-11-05" },
  },
  zone: "Asia/Kolkata",
};

describe("an answer from roll-ups is the answer from events", () => {
  test("for every metric, split, filter, grain, zone and period drawn at random", async () => {
    const sources = { rollup: 0, events: 0 };
    await fc.assert(
      fc.asyncProperty(questions(), async ({ question, zone }) => {
        const context = { catalog, now: DEMO_NOW, zone };
        const [expected, found] = [await events(question, context), await cells(question, context)];
        if (!expected.ok || !found.ok) {
          expect(found.ok, JSON.stringify(found)).toBe(expected.ok);
          return;
        }
        const used = (found.value as Measurement).sql.some(({ source }) => source === "rollup");
        sources[used ? "rollup" : "events"] += 1;
        expectSameRows(found.value.rows, expected.value.rows);
      }),
      { numRuns: 80, endOnFailure: true },
    );
    expect(sources.rollup, "roll-ups answered a good part of them").toBeGreaterThan(10);
  }, 120_000);

  test("for all splits of a metric in one pass, drawn at random", async () => {
    let used = 0;
    await fc.assert(
      fc.asyncProperty(questions(), async ({ question: { by: _, ...drawn }, zone }) => {
        const metric = catalog.metrics.get(drawn.metrics[0] ?? "");
        const dimensions = metric?.dimensions.filter((id) => !catalog.dimensions.get(id)?.private) ?? [];
        const sets = [[], ...dimensions.map((id) => [id])];
        const context = { catalog, now: DEMO_NOW, zone, asParts: true as const };
        const question: Question = { ...drawn, by: [], grain: "total" };
        const pass = onePass(sets);
        const found = await Promise.all(sets.map((by) => cells({ ...question, by }, { ...context, pass })));
        for (const [at, by] of sets.entries()) {
          const [own, expected] = [found[at], await events({ ...question, by }, context)];
          expect(own?.ok).toBe(expected.ok);
          if (!own?.ok || !expected.ok) continue;
          used += own.value.sql.some(({ source }) => source === "rollup") ? 1 : 0;
          expectSameRows(own.value.rows, expected.value.rows);
        }
      }),
      { numRuns: 12, endOnFailure: true, examples: [[nobodyHandled]] },
    );
    expect(used, "roll-ups answered some of them").toBeGreaterThan(5);
  }, 120_000);

  test("also while dates are dirty from some hour on, followed or not: days, then hours, then events", async () => {
    const sources = { rollup: 0, both: 0, events: 0 };
    await db.writer.query("update rollup.captures set captured_at = now() + interval '1 hour'");
    await fc.assert(
      fc.asyncProperty(questions(), fc.integer({ min: 0, max: 60 }), async ({ question, zone }, hoursAgo) => {
        // Nothing changed, so that whatever is told from where must be the same.
        const from = new Date(Math.floor((DEMO_NOW - hoursAgo * 3_600_000) / 3_600_000) * 3_600_000).toISOString();
        await db.writer.query(
          "update rollup.units set dirty_since = null, dirty_from = null where dirty_from is not null",
        );
        await db.writer.query(
          "update rollup.units set dirty_since = now(), dirty_from = $1 where day >= $1::date - 1 and dirty_since is null",
          [from],
        );
        await db.writer.query("update rollup.generation set generation = generation + 1");
        const recent = {
          ...question,
          period: { from: "2026-03-12", to: question.period?.to.length === 10 ? "2026-03-18" : "2026-03-17T02:03Z" },
        };
        const context = { catalog, now: DEMO_NOW, zone };
        const [expected, found] = [await events(recent, context), await cells(recent, context)];
        expect(found.ok, JSON.stringify(found)).toBe(expected.ok);
        if (!expected.ok || !found.ok) return;
        const used = new Set(found.value.sql.map(({ source }) => source));
        sources[used.size > 1 ? "both" : used.has("rollup") ? "rollup" : "events"] += 1;
        expectSameRows(found.value.rows, expected.value.rows);
      }),
      { numRuns: 80, endOnFailure: true },
    );
    expect(sources.both, "cells and events told parts of some").toBeGreaterThan(5);
  }, 120_000);
});
