import { Command } from "commander";
import { readConfig } from "../config.ts";
import { systemClock } from "../kernel/clock.ts";
import { openHouse } from "../main.ts";
import { type ListedRun, listRuns } from "../queries/state/run-list.ts";
import { type RunState, redriveRuns } from "../queries/state/runs.ts";
import { UsageError } from "./fail.ts";

const STATES = ["due", "sending", "sent", "unknown", "dead"] as const satisfies readonly RunState[];
const SHOWN_MAX = 500;

interface RunsOptions {
  readonly days: string;
  readonly state?: string;
  readonly redrive?: boolean;
  readonly json?: boolean;
}

/** `runs`: what was posted by schedule, what waits, what was given up; `--redrive` takes up again what was given up. */
export function runsCommand(): Command {
  return new Command("runs")
    .description("lists the posts of schedules, and takes up again those that were given up")
    .argument("[keys...]", "only for --redrive: the runs to take up; none = all of these days that were given up")
    .option("--days <n>", "so many days back", "7")
    .option("--state <state>", `only ${STATES.join(", ")}`)
    .option("--redrive", "takes dead runs up again; what was posted of them is not posted twice")
    .option("--json", "prints JSON")
    .action(async (runKeys: string[], options: RunsOptions) => {
      const days = daysOf(options.days);
      const states = statesOf(options.state);
      const house = await openHouse(readConfig(process.env), systemClock);
      try {
        const pool = house.pools.writer;
        if (options.redrive) {
          const redriven = await redriveRuns(pool, { runKeys, days });
          return print(options, { redriven }, [`${redriven.length} taken up again.`, ...redriven]);
        }
        const runs = await listRuns(pool, { days, states, max: SHOWN_MAX });
        print(options, { runs }, runs.length > 0 ? runs.map(lineOf) : [`No runs in the last ${days} days.`]);
      } finally {
        await house.close();
      }
    });
}

function print(options: RunsOptions, json: unknown, lines: readonly string[]): void {
  process.stdout.write(options.json ? `${JSON.stringify(json)}\n` : `${lines.join("\n")}\n`);
}

/** "2026-03-17T02:00:00.000Z  sent     digest  #ops-th  3 of 3 posts  s-1/…". */
function lineOf(run: ListedRun): string {
  const what = run.notice ? `${run.type}, notice to its owner` : run.type;
  const failed = run.error === null ? "" : `  (${run.error}, ${run.attempts} failed)`;
  const count = `${run.sent} of ${run.posts} posts`;
  return `${run.slotAt}  ${run.state.padEnd(7)}  ${what}  ${run.channelName ?? run.channel}  ${count}${failed}  ${run.runKey}`;
}

function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3_650) return days;
  throw new UsageError(`--days wants a whole number from 1 to 3650; got "${text}".`);
}

function statesOf(wanted: string | undefined): readonly RunState[] {
  if (wanted === undefined) return STATES;
  const state = STATES.find((each) => each === wanted);
  if (!state) throw new UsageError(`--state wants one of ${STATES.join(", ")}; got "${wanted}".`);
  return [state];
}
