import { resolve } from "node:path";
import type { Catalog } from "./catalog/catalog.ts";
import { describeProblem } from "./catalog/load.ts";
import { closeCharts, warmCharts } from "./charts/pool.ts";
import { createChartPort } from "./charts/port.ts";
import type { Bot, ChartPort, Directory, PlatformName } from "./chat/port.ts";
import type { PostContent, Poster } from "./chat/post.ts";
import { readCatalog } from "./cli/read-catalog.ts";
import { type Config, ConfigError } from "./config.ts";
import { createBot } from "./handlers/bot.ts";
import { checkData } from "./handlers/checks/run.ts";
import type { BotParts } from "./handlers/parts.ts";
import type { Clock } from "./kernel/clock.ts";
import { limits } from "./kernel/limits.ts";
import { createLog, type Log } from "./kernel/log.ts";
import { createReader, type Reader } from "./language/reader.ts";
import { createConsole } from "./platforms/console/console.ts";
import { pagePoster } from "./platforms/console/posts.ts";
import { checkCatalog } from "./queries/check-catalog.ts";
import type { ClickhouseEngine, ClickhouseWriter } from "./queries/clickhouse/engine.ts";
import { RegistryStates } from "./queries/clickhouse/registry.ts";
import { clickhouseKeeper } from "./queries/clickhouse/rollup.ts";
import { clickhouseStreams } from "./queries/clickhouse/tables.ts";
import { measureOn } from "./queries/create-measure.ts";
import { type Database, openDatabase } from "./queries/database/embedded.ts";
import { migrate } from "./queries/database/migrate.ts";
import { openPools, type Pools } from "./queries/database/pools.ts";
import { type Engine, postgresEngine } from "./queries/engine.ts";
import { postgresKeeper, type RollupKeeper } from "./queries/rollup/keeper.ts";
import { openRollups, type Rollups, rollupsOver } from "./queries/rollup/open-rollups.ts";
import { shareMeasurements, versionOf } from "./queries/share-measurements.ts";
import { postedIn } from "./queries/state/posts.ts";
import type { Composers } from "./schedules/compose.ts";
import { startDataChecks } from "./schedules/data-checks.ts";
import { digestComposer } from "./schedules/digest.ts";
import { startHousekeeping } from "./schedules/housekeeping.ts";
import { startRollups } from "./schedules/rollups.ts";
import { sharedMeasure } from "./schedules/shared-measure.ts";
import { ownersComposer, questionComposer, watchComposer } from "./schedules/standing.ts";
import { upcoming } from "./schedules/upcoming.ts";
import { startWorker } from "./schedules/worker.ts";

/** The composition root: config → database → catalog → core → platforms. Nothing else knows all of them. */
export interface House {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly database: Database;
  readonly pools: Pools;
  readonly catalog: Catalog;
  readonly reader: Reader;
  /** What the core is made of; the schedules' composers are made of the same. */
  readonly parts: BotParts;
  /** Each platform's channels and people, once it is connected. */
  readonly directories: Map<PlatformName, Directory>;
  readonly bot: Bot;
  /** Null where questions never read them (PGlite). */
  readonly rollups: Rollups | null;
  /** Null where the facts are in ClickHouse and nobody may write there. */
  readonly keeper: RollupKeeper | null;
  /** Reads the facts for the data checks: in PostgreSQL without the time limit of a question. */
  readonly checked: Engine;
  readonly charts: ChartPort;
  close(): Promise<void>;
}

/** Opens everything that a question needs. Throws a ConfigError with advice when the catalog or the database does not fit. */
export async function openHouse(config: Config, clock: Clock): Promise<House> {
  const log = createLog(config.MODSTATS_LOG_LEVEL);
  const catalog = readCatalog(config);
  const databaseUrl = config.DATABASE_URL?.reveal();
  const database = await openDatabase({
    dataDir: resolve(config.MODSTATS_DATA_DIR),
    log,
    ...(databaseUrl ? { databaseUrl } : {}),
  });
  const pools = openPools(database, { statementTimeoutMs: config.MODSTATS_STATEMENT_TIMEOUT_MS, log });
  const clickhouseUrl = config.CLICKHOUSE_URL?.reveal();
  const clickhouse = clickhouseUrl ? await openClickhouse(clickhouseUrl, config.MODSTATS_STATEMENT_TIMEOUT_MS) : null;
  const engine = clickhouse ?? postgresEngine(pools.reader);
  const close = async (): Promise<void> => {
    await clickhouse?.close();
    await closeCharts();
    await pools.end();
    await database.stop();
  };
  try {
    await migrate(pools.writer);
    const problems = await checkCatalog(catalog, engine);
    if (problems.length > 0) {
      throw new ConfigError(`The catalog does not fit the database:\n${problems.map(describeProblem).join("\n")}`);
    }
  } catch (cause) {
    await close();
    throw isAway(cause) ? new Error(`${AWAY} (${(cause as Error).message})`) : cause;
  }
  const reader = createReader(catalog);
  const rollups = clickhouse
    ? rollupsOver(new RegistryStates(clickhouse), clickhouseStreams)
    : database.kind === "pglite"
      ? null
      : openRollups(pools.reader);
  const writerUrl = clickhouse ? config.CLICKHOUSE_WRITER_URL?.reveal() : undefined;
  const clickhouseWriter = writerUrl ? await openClickhouseWriter(writerUrl) : null;
  const keeper = clickhouse
    ? clickhouseWriter && clickhouseKeeper(clickhouseWriter, pools.writer)
    : postgresKeeper(pools.writer);
  const directories = new Map<PlatformName, Directory>();
  const parts: BotParts = {
    catalog,
    reader,
    measure: shareMeasurements(
      measureOn(engine, rollups?.compiler),
      versionOf(engine, catalog, rollups),
      limits.cacheBytesMax,
    ),
    writer: pools.writer,
    facts: pools.reader,
    engine,
    clock,
    log,
    defaultZone: config.MODSTATS_ZONE,
    defaultLanguage: config.MODSTATS_LANGUAGE,
    directories,
    upcoming,
    sellerIds: {
      people: new Set(config.MODSTATS_SELLER_ID_PEOPLE),
      places: new Set(config.MODSTATS_SELLER_ID_PLACES),
    },
  };
  const bot = createBot(parts);
  return {
    config,
    log,
    clock,
    database,
    pools,
    catalog,
    reader,
    parts,
    directories,
    bot,
    rollups,
    keeper,
    checked: clickhouse ?? postgresEngine(pools.writer),
    charts: createChartPort(),
    close: async () => {
      await clickhouseWriter?.close();
      await close();
    },
  };
}

/** The client is loaded only where it is needed. */
async function openClickhouse(url: string, timeoutMs: number): Promise<ClickhouseEngine> {
  const { clickhouseEngine } = await import("./queries/clickhouse/engine.ts");
  return clickhouseEngine(url, timeoutMs);
}

async function openClickhouseWriter(url: string): Promise<ClickhouseWriter> {
  const { clickhouseWriter } = await import("./queries/clickhouse/engine.ts");
  return clickhouseWriter(url);
}

const AWAY =
  "The database cannot be reached. Start it or correct DATABASE_URL; leave DATABASE_URL empty for the embedded one.";
const isAway = (cause: unknown): boolean =>
  cause instanceof Error && "code" in cause && /^(ECONN|ENOTFOUND|EHOST|ETIMEDOUT|28|3D000)/.test(String(cause.code));

/** Something that is connected until it is stopped. */
export interface Running {
  readonly name: string;
  readonly where: string;
  /** Where it can post of itself. */
  readonly posts?: { readonly platform: PlatformName; readonly poster: Poster };
  stop(): Promise<void>;
}

/** Starts each platform that is configured. The SDKs are loaded only here, for importing Lark's takes 0.7 s. */
export async function startPlatforms(house: House): Promise<Running[]> {
  const { config, bot, charts, log, clock } = house;
  const deps = { log, clock };
  const running: Running[] = [];
  warmPictures(log);
  const housekeeping = startHousekeeping(house.pools.writer, log);
  running.push({ name: "Housekeeping", where: "hourly", stop: () => housekeeping.stop() });
  const { catalog, pools } = house;
  const checks = startDataChecks(() => checkData(catalog, house.checked, pools.writer, clock.now()), log);
  running.push({ name: "Data checks", where: "hourly", stop: () => checks.stop() });
  if (house.rollups && house.keeper) {
    const rollups = startRollups(house.keeper, { catalog: house.catalog, zone: config.MODSTATS_ZONE }, clock, log);
    running.push({ name: "Roll-ups", where: "every two seconds", stop: () => rollups.stop() });
  }
  const slackToken = config.SLACK_BOT_TOKEN?.reveal();
  if (slackToken) {
    const { createSlack } = await import("./platforms/slack/slack.ts");
    const appToken = config.SLACK_APP_TOKEN?.reveal();
    const signingSecret = config.SLACK_SIGNING_SECRET?.reveal();
    const slack = createSlack(
      {
        mode: appToken ? "socket" : "http",
        botToken: slackToken,
        port: config.SLACK_PORT,
        ...(appToken ? { appToken } : {}),
        ...(signingSecret ? { signingSecret } : {}),
        ...(config.SLACK_API_URL ? { apiUrl: config.SLACK_API_URL } : {}),
      },
      bot,
      charts,
      deps,
    );
    house.directories.set("slack", slack.directory);
    await slack.start();
    running.push({
      name: "Slack",
      where: appToken ? "Socket Mode" : `HTTP on port ${slack.port}`,
      posts: { platform: "slack", poster: slack.poster },
      stop: () => slack.stop(),
    });
  }
  const larkSecret = config.LARK_APP_SECRET?.reveal();
  if (config.LARK_APP_ID && larkSecret) {
    const { createLark } = await import("./platforms/lark/lark.ts");
    const encryptKey = config.LARK_ENCRYPT_KEY?.reveal();
    const verificationToken = config.LARK_VERIFICATION_TOKEN?.reveal();
    const lark = createLark(
      {
        mode: config.LARK_MODE,
        appId: config.LARK_APP_ID,
        appSecret: larkSecret,
        domain: config.LARK_DOMAIN,
        port: config.LARK_PORT,
        ...(encryptKey ? { encryptKey } : {}),
        ...(verificationToken ? { verificationToken } : {}),
      },
      bot,
      charts,
      deps,
    );
    house.directories.set("lark", lark.directory);
    await lark.start();
    running.push({
      name: "Lark",
      where: config.LARK_MODE === "ws" ? "long connection" : `HTTP on port ${lark.port()}`,
      posts: { platform: "lark", poster: lark.poster },
      stop: () => lark.stop(),
    });
  }
  return running;
}

/** In the background: the first answers may be drawn on this thread. */
function warmPictures(log: Log): void {
  void warmCharts((cause) => log.warn({ err: cause }, "a chart's worker failed; pictures are drawn without it"));
}

const PAGE = { platform: "console", tenant: "local" } as const;

/** The local page, with views of the other platforms' renderings. */
export async function startConsole(house: House): Promise<Running> {
  const { createViews } = await import("./cli/views.ts");
  warmPictures(house.log);
  const posts = async (channel: string) =>
    (await postedIn(house.pools.writer, { ...PAGE, channel }, limits.pagePostsMax)).map((post) => ({
      ...post,
      content: post.content as PostContent,
    }));
  const page = createConsole(
    { port: house.config.MODSTATS_CONSOLE_PORT, host: "127.0.0.1", posts },
    house.bot,
    house.charts,
    { log: house.log, clock: house.clock, views: createViews(house.charts) },
  );
  const { url } = await page.start();
  return {
    name: "Local page",
    where: url,
    posts: { platform: "console", poster: pagePoster },
    stop: () => page.stop(),
  };
}

/** What posts of itself: the schedules, to all platforms that run here. Several instances may run on one database. */
export function startSchedules(house: House, running: readonly Running[]): Running {
  const posters = Object.fromEntries(running.flatMap(({ posts }) => (posts ? [[posts.platform, posts.poster]] : [])));
  const worker = startWorker({
    pool: house.pools.worker,
    facts: house.pools.reader,
    posters,
    composers: composersOf(house),
    bind: house.bot.bind,
    monotonic: () => performance.now(),
    log: house.log,
  });
  return { name: "Schedules", where: "every minute", stop: () => worker.stop() };
}

/** Who puts which kind of schedule into words. */
function composersOf(house: House): Composers {
  const parts: BotParts = { ...house.parts, measure: sharedMeasure(house.parts.measure, () => performance.now()) };
  return {
    question: questionComposer(parts),
    digest: digestComposer(parts, () => performance.now()),
    watch: watchComposer(parts),
    owners: ownersComposer(parts),
  };
}
