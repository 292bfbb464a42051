import { createChartPort } from "../../src/charts/port.ts";
import type { Bot, ChartPort } from "../../src/chat/port.ts";
import { readCatalog } from "../../src/cli/read-catalog.ts";
import { createBot } from "../../src/handlers/bot.ts";
import { fixedClock } from "../../src/kernel/clock.ts";
import { createLog } from "../../src/kernel/log.ts";
import { createReader } from "../../src/language/reader.ts";
import { createMeasure } from "../../src/queries/create-measure.ts";
import { upcoming } from "../../src/schedules/upcoming.ts";
import { demoDatabase, type TestDatabase } from "./database.ts";

export const DEMO_NOW = "2026-03-17T10:05+08:00";

/** The real core over the small demo marketplace, at a fixed moment. */
export async function demoCore(): Promise<{
  readonly bot: Bot;
  readonly charts: ChartPort;
  readonly database: TestDatabase;
  close(): Promise<void>;
}> {
  const database = await demoDatabase();
  const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
  const bot = coreOver(database, catalog);
  return { bot, charts: createChartPort(), database, close: () => database.end() };
}

/** Another process on the same database: nothing in memory is shared. */
export function coreOver(database: TestDatabase, catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] })): Bot {
  return createBot({
    catalog,
    reader: createReader(catalog),
    measure: createMeasure(database.reader),
    writer: database.writer,
    facts: database.reader,
    clock: fixedClock(DEMO_NOW),
    log: createLog("silent"),
    defaultZone: "Asia/Singapore",
    defaultLanguage: "en",
    directories: new Map(),
    upcoming,
  });
}
