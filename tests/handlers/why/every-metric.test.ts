import { afterAll, beforeAll, expect, test } from "vitest";
import { LANGUAGES, type Language } from "../../../src/chat/answer.ts";
import { localeFor } from "../../../src/chat/format.ts";
import { sayIn } from "../../../src/chat/messages.ts";
import { readCatalog } from "../../../src/cli/read-catalog.ts";
import { answerWhy } from "../../../src/handlers/why/why.ts";
import { blank, type Question } from "../../../src/kernel/question.ts";
import { createMeasure } from "../../../src/queries/create-measure.ts";
import { DEMO_NOW, demoDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
beforeAll(async () => {
  database = await demoDatabase();
}, 120_000);
afterAll(() => database.end());

async function said(question: Partial<Question>, language: Language): Promise<string> {
  const locale = localeFor(language);
  const asking = {
    catalog,
    measure: createMeasure(database.reader),
    say: sayIn(language, locale),
    language,
    locale,
    zone: "Asia/Singapore",
    now: DEMO_NOW,
  };
  const answered = await answerWhy({ ...blank("why"), ...question }, asking, database.reader);
  if (!answered.ok) throw new Error(JSON.stringify(answered.error));
  const { headline, body, findings } = answered.value;
  return [headline, ...body, ...findings.map(({ text }) => text)].join("\n");
}

test("every metric of the catalog has an answer to why, whole in every language", async () => {
  let turn = 0;
  for (const metric of catalog.metrics.values()) {
    const when = metric.moment
      ? { period: null, options: { at: "2026-03-17T10:05+08:00" }, compare: { at: "2026-03-10T10:05+08:00" } }
      : { period: { from: "2026-02-01", to: "2026-03-01" }, compare: { from: "2026-01-01", to: "2026-02-01" } };
    const language = LANGUAGES[turn++ % LANGUAGES.length] ?? "en";
    const text = await said({ metrics: [metric.id], ...when }, language);
    expect(text, `${metric.id} in ${language}`).not.toMatch(/[{}]|NaN|Infinity|undefined/);
  }
}, 120_000);
