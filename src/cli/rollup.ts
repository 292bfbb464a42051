import { Command } from "commander";
import { readConfig } from "../config.ts";
import { limits } from "../kernel/limits.ts";
import { type House, openHouse } from "../main.ts";
import type { Advice } from "../queries/rollup/advise.ts";
import { askedShapes } from "../queries/rollup/asked.ts";
import type { RollupKeeper } from "../queries/rollup/keeper.ts";
import type { Reconciled } from "../queries/rollup/reconcile.ts";
import type { RollupProgress, RollupReport } from "../queries/rollup/rollup.ts";
import { streamsOf } from "../queries/rollup/streams.ts";
import { EXIT, UsageError } from "./fail.ts";
import { clockOf } from "./moment.ts";

interface RollupCommandOptions {
  readonly from?: string;
  readonly to?: string;
  readonly budget: string;
  readonly choose?: boolean;
  readonly now?: string;
  readonly json?: boolean;
}

/** `rollup`: makes what is missing or dirty; with dates, those anew. It can be stopped anywhere and started again. */
export function rollupCommand(): Command {
  return new Command("rollup")
    .enablePositionalOptions()
    .addCommand(adviseCommand().exitOverride())
    .addCommand(checkCommand().exitOverride())
    .description(
      "brings the roll-ups up to date: dates that are missing or changed; with --from and --to those dates anew",
    )
    .option("--from <day>", "first date to make anew, e.g. 2026-03-01")
    .option("--to <day>", "the date after the last one")
    .option(
      "--budget <share>",
      "bytes of roll-ups for each byte of events, when cuboids are chosen",
      String(limits.rollupBudgetShare),
    )
    .option("--choose", "chooses the cuboids anew, and makes every date anew")
    .option("--now <iso>", "the moment that counts as now, with its zone")
    .option("--json", "prints JSON")
    .action(async (options: RollupCommandOptions) => {
      const config = readConfig(process.env);
      const house = await openHouse(config, clockOf(options.now));
      try {
        const keeper = keeperOf(house);
        const report = await keeper.rollUp({
          catalog: house.catalog,
          zone: config.MODSTATS_ZONE,
          now: house.clock.now(),
          budgetShare: shareOf(options.budget),
          eventsPerCellMin: limits.rollupEventsPerCellMin,
          eventsADayMin: keeper.eventsADayMin,
          choose: options.choose === true,
          from: dayOf(options.from, "--from"),
          to: dayOf(options.to, "--to"),
          asked: await askedShapes(house.pools.reader, house.catalog, streamsOf(house.catalog)),
          onProgress: options.json ? () => {} : showProgress,
        });
        process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${reportText(report)}\n`);
        if (!report.held) process.exitCode = EXIT.refused;
      } finally {
        await house.close();
      }
    });
}

/** `rollup advise`: what would be added or dropped today. */
function adviseCommand(): Command {
  return new Command("advise")
    .description("says which roll-ups it would add or drop today, with their size and gain; changes nothing")
    .option("--budget <share>", "bytes of roll-ups for each byte of events", String(limits.rollupBudgetShare))
    .option("--now <iso>", "the moment that counts as now, with its zone")
    .option("--json", "prints JSON")
    .action(async (options: { budget: string; now?: string; json?: boolean }) => {
      const config = readConfig(process.env);
      const house = await openHouse(config, clockOf(options.now));
      try {
        const keeper = keeperOf(house);
        const advice = await keeper.advise({
          catalog: house.catalog,
          zone: config.MODSTATS_ZONE,
          now: house.clock.now(),
          budgetShare: shareOf(options.budget),
          eventsPerCellMin: limits.rollupEventsPerCellMin,
          eventsADayMin: keeper.eventsADayMin,
          asked: await askedShapes(house.pools.reader, house.catalog, streamsOf(house.catalog)),
        });
        if (advice === null)
          throw new UsageError("Another process is refreshing the roll-ups; ask again when it is done.");
        process.stdout.write(options.json ? `${JSON.stringify(advice)}\n` : `${adviceText(advice)}\n`);
      } finally {
        await house.close();
      }
    });
}

function adviceText(advice: readonly Advice[]): string {
  if (advice.length === 0) return "No roll-ups: there are too few events a day for them to be quicker.";
  const lines = [...advice]
    .sort((a, b) => a.verdict.localeCompare(b.verdict) || b.eventsPerCell - a.eventsPerCell)
    .map(({ verdict, stream, calendar, dimensions, cells, bytes, eventsPerCell }) => {
      const by = dimensions.length === 0 ? "in total" : `by ${dimensions.join(", ")}`;
      return `${verdict.padEnd(5)} ${stream} ${by} (${calendar}): ${cells} cells and ${(bytes / 1_000).toFixed(1)} kB a day, one for ${eventsPerCell.toFixed(0)} events`;
    });
  const isSame = advice.every(({ verdict }) => verdict === "keep");
  return [...lines, isSame ? "Nothing to change." : "To do so: modstats rollup --choose"].join("\n");
}

/** `rollup check`: the roll-ups held against the facts. */
function checkCommand(): Command {
  return new Command("check")
    .description("holds the roll-ups against the facts: row counts of all dates, every cell of some drawn at random")
    .option("--dates <n>", "dates drawn for each stream", "3")
    .option("--json", "prints JSON")
    .action(async (options: { dates: string; json?: boolean }) => {
      const datesPerStream = Number(options.dates);
      if (!Number.isInteger(datesPerStream) || datesPerStream < 0)
        throw new UsageError(`--dates wants a whole number, for example 3; got "${options.dates}".`);
      const house = await openHouse(readConfig(process.env), clockOf(undefined));
      try {
        const found = await keeperOf(house).check({
          catalog: house.catalog,
          datesPerStream,
          random: Math.random,
        });
        process.stdout.write(options.json ? `${JSON.stringify(found)}\n` : `${checkText(found)}\n`);
        if (!found.held || found.differences.length > 0) process.exitCode = EXIT.refused;
      } finally {
        await house.close();
      }
    });
}

function checkText({ held, dates, differences }: Reconciled): string {
  if (!held) return "Another process is refreshing the roll-ups; nothing was checked.";
  const lines = differences.map(({ stream, day, what }) => `${stream} ${day}: ${what}`);
  const end = differences.length === 0 ? "0 differences" : "these dates are made anew by the next modstats rollup";
  return [...lines, `${dates} dates compared cell by cell: ${end}`].join("\n");
}

function keeperOf({ keeper }: House): RollupKeeper {
  if (keeper) return keeper;
  throw new UsageError(
    "The facts are in ClickHouse: set CLICKHOUSE_WRITER_URL to a user that may write its database rollup (docs/scale.md). Until then questions read the events.",
  );
}

function dayOf(text: string | undefined, name: string): string | null {
  if (text === undefined) return null;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new UsageError(`${name} wants a date, for example 2026-03-01; got "${text}".`);
  return text;
}

function shareOf(text: string): number {
  const share = Number(text);
  if (!(share > 0)) throw new UsageError(`--budget wants a share above 0, for example 0.2; got "${text}".`);
  return share;
}

/** One line that is overwritten on a terminal; elsewhere a line a stream. */
function showProgress({ stream, day, done, all }: RollupProgress): void {
  const bar = "█".repeat(Math.round((done / all) * 24)).padEnd(24, "░");
  const finished = done === all;
  if (process.stderr.isTTY) process.stderr.write(`\r${bar} ${stream}, ${day}`.padEnd(78) + (finished ? "\n" : ""));
  else if (finished) process.stderr.write(`${all} dates of all streams\n`);
}

function reportText({ streams, days, rows, cells, ms, held }: RollupReport): string {
  if (!held) return "Another process is refreshing the roll-ups; nothing was done.";
  if (streams === 0) return "There are too few events for roll-ups to be quicker; questions go to the events.";
  return `${days} dates of ${streams} streams made anew in ${(ms / 1_000).toFixed(1)} s: ${rows} rows into ${cells} cells`;
}
