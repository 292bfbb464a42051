import { afterAll, beforeAll, expect, test } from "vitest";
import { LANGUAGES, type Language } from "../../../src/chat/answer.ts";
import { localeFor } from "../../../src/chat/format.ts";
import { sayIn } from "../../../src/chat/messages.ts";
import { readCatalog } from "../../../src/cli/read-catalog.ts";
import type { Asking } from "../../../src/handlers/asking.ts";
import { composeDigest } from "../../../src/handlers/digest/digest.ts";
import { headline } from "../../../src/handlers/digest/notes.ts";
import { createMeasure } from "../../../src/queries/create-measure.ts";
import { DEMO_NOW, type TestDatabase, testDatabase } from "../../support/database.ts";

let database: TestDatabase;
const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.end());

const askingIn = (language: Language): Asking => {
  const locale = localeFor(language);
  const measure = createMeasure(database.reader);
  return { catalog, measure, say: sayIn(language, locale), language, locale, zone: "Asia/Singapore", now: DEMO_NOW };
};

test("a digest over empty tables says that nothing could be judged, never that all is quiet", async () => {
  const parts = { facts: database.reader, writer: database.writer };
  const asked = { filters: {}, metrics: [], period: null, channel: null };
  const composed = await composeDigest(asked, askingIn("en"), parts);
  if (!composed.ok) throw new Error(composed.error.code);
  expect(headline(composed.value, askingIn("en"))).toBe(
    "Digest of 16 Mar 2026: nothing could be judged. The tables have too little history, or none.",
  );
  for (const language of LANGUAGES) expect(headline(composed.value, askingIn(language))).not.toMatch(/[{}]/);
});
