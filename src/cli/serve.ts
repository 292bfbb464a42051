import { resolve } from "node:path";
import { Command } from "commander";
import { type DemoFill, type FillProgress, fillDemo } from "../../demo/fill.ts";
import { readConfig } from "../config.ts";
import { systemClock } from "../kernel/clock.ts";
import { type House, openHouse, type Running, startConsole, startPlatforms, startSchedules } from "../main.ts";
import { UsageError } from "./fail.ts";
import { clockOf } from "./moment.ts";

/** `start`: the bot, against the configured Slack, Lark and database, and the local page. */
export function startCommand(): Command {
  return new Command("start")
    .description("runs the bot on the configured Slack, Lark and database")
    .option("--no-page", "without the local page")
    .option("--json", "prints JSON")
    .action(async (options: { page: boolean; json?: boolean }) => {
      const house = await openHouse(readConfig(process.env), systemClock);
      const running = await startPlatforms(house).catch(async (cause) => {
        await house.close();
        throw new UsageError(cause instanceof Error ? cause.message : String(cause));
      });
      const isConnected = running.some(({ name }) => name === "Slack" || name === "Lark");
      if (!isConnected) {
        process.stderr.write(
          "Neither Slack nor Lark is configured: set SLACK_BOT_TOKEN or LARK_APP_ID and LARK_APP_SECRET (see .env.example). Serving the local page only.\n",
        );
      }
      if (options.page || !isConnected) running.push(await startConsole(house));
      announce(running, options.json === true);
      await untilStopped(house, [startSchedules(house, running), ...running]);
    });
}

interface DemoOptions {
  readonly seed: string;
  readonly scale: string;
  readonly now?: string;
  readonly truths?: string;
  readonly fresh?: boolean;
  readonly fillOnly?: boolean;
  readonly json?: boolean;
}

/** `demo`: the simulated marketplace on an embedded PostgreSQL, and the local page. */
export function demoCommand(): Command {
  return new Command("demo")
    .description("shows everything on a simulated marketplace: embedded PostgreSQL, local page")
    .option("--seed <n>", "the simulation's seed", "1")
    .option("--scale <cases>", "how many cases, e.g. 250000 or 1e8", "250000")
    .option("--now <iso>", "the moment at which the data end")
    .option("--truths <file>", "where the planted truths are written (default: truths.json in the data folder)")
    .option("--fresh", "fills anew, also when the data are recent")
    .option("--fill-only", "fills the mart and stops")
    .option("--json", "prints JSON")
    .action(async (options: DemoOptions) => {
      const clock = clockOf(options.now);
      const config = readConfig(process.env);
      const house = await openHouse(config, clock);
      try {
        await fillDemo(house.pools.writer, house.database, fillOf(options, clock.now(), config.MODSTATS_DATA_DIR));
      } catch (cause) {
        await house.close();
        throw cause;
      }
      if (options.fillOnly) return house.close();
      const running = [await startConsole(house), ...(await startPlatforms(house))];
      announce(running, options.json === true);
      if (!options.json)
        process.stdout.write(
          "\nOpen it and type, for example:  /modstats overturn rate by market last 14d\nCtrl+C stops it.\n",
        );
      await untilStopped(house, [startSchedules(house, running), ...running]);
    });
}

function fillOf(options: DemoOptions, now: number, dataDir: string): DemoFill {
  const cases = Number(options.scale);
  const seed = Number(options.seed);
  if (!Number.isInteger(cases) || cases < 1_000)
    throw new UsageError(`--scale wants a whole number of cases, at least 1000; got "${options.scale}".`);
  if (!Number.isInteger(seed)) throw new UsageError(`--seed wants a whole number; got "${options.seed}".`);
  return {
    seed,
    cases,
    now,
    fresh: options.fresh === true,
    truthsFile: resolve(options.truths ?? `${dataDir}/truths.json`),
    onProgress: options.json ? () => {} : showProgress,
  };
}

/** One line that is overwritten on a terminal; elsewhere only the end. */
function showProgress({ share, text, finished }: FillProgress): void {
  const bar = "█".repeat(Math.round(share * 24)).padEnd(24, "░");
  if (process.stderr.isTTY)
    process.stderr.write(`\r${bar} ${Math.round(share * 100)} % ${text.padEnd(30)}${finished ? "\n" : ""}`);
  else if (finished) process.stderr.write(`${text}\n`);
}

function announce(running: readonly Running[], json: boolean): void {
  if (json)
    process.stdout.write(`${JSON.stringify({ running: running.map(({ name, where }) => ({ name, where })) })}\n`);
  else
    for (const { name, where } of running.filter(({ where }) => !IN_THE_BACKGROUND.test(where)))
      process.stdout.write(`${name}: ${where}\n`);
}

/** What nobody connects to is not announced. */
const IN_THE_BACKGROUND = /^(hourly|every )/;

/** Runs until Ctrl+C or SIGTERM; a second signal does not wait for answers under way. */
async function untilStopped(house: House, running: readonly Running[]): Promise<void> {
  await new Promise<void>((stop) => {
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  });
  process.once("SIGINT", () => process.exit(130));
  await Promise.allSettled(running.map((platform) => platform.stop()));
  await house.close();
}
