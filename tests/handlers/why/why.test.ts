import { afterAll, beforeAll, expect, test } from "vitest";
import { fillMart } from "../../../demo/generate.ts";
import type { Truths } from "../../../demo/truths.ts";
import { LANGUAGES, type Language } from "../../../src/chat/answer.ts";
import { localeFor } from "../../../src/chat/format.ts";
import { sayIn } from "../../../src/chat/messages.ts";
import { readCatalog } from "../../../src/cli/read-catalog.ts";
import type { Asking } from "../../../src/handlers/asking.ts";
import { driverLine } from "../../../src/handlers/why/driver-line.ts";
import { blank, type Question } from "../../../src/kernel/question.ts";
import { createMeasure } from "../../../src/queries/create-measure.ts";
import { DEMO_NOW, type TestDatabase, testDatabase } from "../../support/database.ts";

let database: TestDatabase;
let truths: Truths;
const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });

beforeAll(async () => {
  database = await testDatabase();
  ({ truths } = await fillMart({ url: database.url, now: DEMO_NOW }));
}, 120_000);
afterAll(() => database.end());

const askingIn = (language: Language): Asking => ({
  catalog,
  measure: createMeasure(database.reader),
  say: sayIn(language, localeFor(language)),
  language,
  locale: localeFor(language),
  zone: "Asia/Singapore",
  now: DEMO_NOW,
});
const shifted = (): Question => {
  const day = (iso: string): string =>
    new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Singapore" }).format(Date.parse(iso));
  const { before, after } = truths.mixShift;
  return {
    ...blank("metric"),
    metrics: ["overturn"],
    period: { from: day(after.from), to: day(after.to) },
    compare: { from: day(before.from), to: day(before.to) },
  };
};

test("one line names the queue whose share moved the rate, and how much of the change it carries", async () => {
  const line = await driverLine(shifted(), askingIn("en"));
  expect(line).toMatch(
    new RegExp(
      `^driven by the share of queue ${truths.mixShift.segment}.*: \\+\\d+\\.\\d+\\spp of \\+\\d+\\.\\d+\\spp$`,
    ),
  );
});

test("the line is whole in every language", async () => {
  for (const language of LANGUAGES) {
    const line = await driverLine(shifted(), askingIn(language));
    expect(line, language).toContain(truths.mixShift.segment);
    expect(line, language).not.toMatch(/[{}]/);
  }
});

test("a number without a comparison has no driver", async () => {
  expect(await driverLine({ ...shifted(), compare: null }, askingIn("en"))).toBeNull();
});
