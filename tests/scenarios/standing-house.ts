import { createChartPort } from "../../src/charts/port.ts";
import type { Bot, Directory, PlatformName } from "../../src/chat/port.ts";
import type { Poster } from "../../src/chat/post.ts";
import { readCatalog } from "../../src/cli/read-catalog.ts";
import { createBot } from "../../src/handlers/bot.ts";
import type { BotParts } from "../../src/handlers/parts.ts";
import { fixedClock } from "../../src/kernel/clock.ts";
import { createLog } from "../../src/kernel/log.ts";
import { createReader } from "../../src/language/reader.ts";
import { createMeasure } from "../../src/queries/create-measure.ts";
import { planRuns } from "../../src/queries/state/runs.ts";
import { findSchedule, type Schedule } from "../../src/queries/state/schedules.ts";
import { runsDue } from "../../src/schedules/plan.ts";
import { ownersComposer, questionComposer, watchComposer } from "../../src/schedules/standing.ts";
import { upcoming } from "../../src/schedules/upcoming.ts";
import { createWorker, type Worker } from "../../src/schedules/worker.ts";
import type { TestDatabase } from "../support/database.ts";

/** The real core, composers and worker over a database of the test's own. */
export interface StandingHouse {
  readonly bot: Bot;
  readonly parts: BotParts;
  readonly directories: Map<PlatformName, Directory>;
  /** The clock reaches `at`: what this schedule has due by then (and nothing else) is posted. */
  reach(schedule: string, at: string): Promise<void>;
  worker(posters: Partial<Record<PlatformName, Poster>>): Worker;
  schedules(): Promise<Schedule[]>;
}

export function standingHouse(database: TestDatabase, now: string): StandingHouse {
  const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
  const directories = new Map<PlatformName, Directory>();
  const log = createLog("silent");
  const parts: BotParts = {
    catalog,
    reader: createReader(catalog),
    measure: createMeasure(database.reader),
    writer: database.writer,
    facts: database.reader,
    clock: fixedClock(now),
    log,
    defaultZone: "Asia/Singapore",
    defaultLanguage: "en",
    directories,
    upcoming,
  };
  const bot = createBot(parts);
  let worker: Worker | undefined;
  return {
    bot,
    parts,
    directories,
    worker(posters) {
      worker = createWorker({
        pool: database.worker,
        facts: database.reader,
        posters,
        composers: {
          question: questionComposer(parts),
          digest: async () => [],
          watch: watchComposer(parts),
          owners: ownersComposer(parts),
        },
        bind: bot.bind,
        monotonic: () => performance.now(),
        log,
      });
      return worker;
    },
    async reach(id, at) {
      const instant = Date.parse(at);
      // The database's clock is the real one: the schedule stands as if it had been saved a day before, and may be posted late.
      await database.writer.query(
        "update bot.schedules set planned_through = $2, late_minutes_max = 10080 where id = $1",
        [id, new Date(instant - 86_400_000)],
      );
      const schedule = await findSchedule(database.writer, id);
      if (!schedule) throw new Error(`no schedule ${id}`);
      const runs = (runsDue(schedule, instant, []) ?? []).slice(-1);
      await planRuns(database.writer, id, runs, instant);
      await database.writer.query(
        "update bot.runs set deadline = clock_timestamp() + interval '1 day' where schedule = $1",
        [id],
      );
      await database.writer.query("update bot.schedules set planned_through = clock_timestamp() where id = $1", [id]);
      await worker?.tick();
    },
    async schedules() {
      const { rows } = await database.writer.query<{ id: string }>(
        "select id from bot.schedules where payload ->> 'type' <> 'owners' order by created_at, id",
      );
      return Promise.all(rows.map(async ({ id }) => (await findSchedule(database.writer, id)) as Schedule));
    },
  };
}

export const charts = createChartPort();
