import { Command } from "commander";
import { readConfig } from "../config.ts";
import { limits } from "../kernel/limits.ts";
import { openHouse } from "../main.ts";
import { type RollupProgress, type RollupReport, rollUp } from "../queries/rollup/rollup.ts";
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
        const report = await rollUp(house.pools.writer, {
          catalog: house.catalog,
          zone: config.MODSTATS_ZONE,
          now: house.clock.now(),
          budgetShare: shareOf(options.budget),
          eventsPerCellMin: limits.rollupEventsPerCellMin,
          eventsADayMin: limits.rollupEventsADayMin,
          choose: options.choose === true,
          from: dayOf(options.from, "--from"),
          to: dayOf(options.to, "--to"),
          asked: [],
          onProgress: options.json ? () => {} : showProgress,
        });
        process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${reportText(report)}\n`);
        if (!report.held) process.exitCode = EXIT.refused;
      } finally {
        await house.close();
      }
    });
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
  else if (finished) process.stderr.write(`${stream}: ${all} dates\n`);
}

function reportText({ streams, days, rows, cells, ms, held }: RollupReport): string {
  if (!held) return "Another process is refreshing the roll-ups; nothing was done.";
  if (streams === 0) return "There are too few events for roll-ups to be quicker; questions go to the events.";
  return `${days} dates of ${streams} streams made anew in ${(ms / 1_000).toFixed(1)} s: ${rows} rows into ${cells} cells`;
}
