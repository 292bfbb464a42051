import { statSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { Command } from "commander";
import { readConfig } from "../config.ts";
import { openHouse } from "../main.ts";
import { type FollowOptions, type Pulled, pullChanges } from "../queries/load/follow.ts";
import { closedSetsOf, type LoadProgress, loadDirectory } from "../queries/load/load.ts";
import type { LoadReport } from "../queries/load/report.ts";
import { EXIT, UsageError } from "./fail.ts";
import { clockOf } from "./moment.ts";

interface LoadOptions {
  readonly now?: string;
  readonly json?: boolean;
  readonly again?: boolean;
  readonly chunk?: string;
  readonly from?: string;
  readonly schema: string;
  readonly tables?: string;
  readonly follow?: boolean;
  readonly every: string;
  readonly overlap: string;
}

/** `load DIR`: CSV and Parquet files named as the mart's tables. `load --from URL`: what changed at another PostgreSQL, once or for ever. */
export function loadCommand(): Command {
  return new Command("load")
    .description(
      "loads CSV and Parquet files, or what changed at another PostgreSQL, into the mart; bad rows are put aside and named",
    )
    .argument("[dir]", "folder with cases.csv, decisions.parquet, … (or one such file)")
    .option("--again", "reads files again that are in whole by their content")
    .option("--chunk <rows>", "rows of one transaction; a killed load goes on behind the last one")
    .option(
      "--from <url>",
      "postgres://… whose tables (or views) are named and shaped as the mart's; also MODSTATS_SOURCE_URL",
    )
    .option("--schema <name>", "with --from: the schema of its tables", "mart")
    .option("--tables <names>", "with --from: only these, e.g. cases,decisions")
    .option("--follow", "with --from: goes on until Ctrl+C")
    .option("--every <seconds>", "with --follow: seconds from one pull to the next", "30")
    .option("--overlap <minutes>", "with --from: how far back each pull reads again, for what was committed late", "15")
    .option("--now <iso>", "the moment that counts as now, with its zone")
    .option("--json", "prints JSON")
    .action(async (dir: string | undefined, options: LoadOptions) => {
      const source =
        options.from ?? (dir === undefined ? readConfig(process.env).MODSTATS_SOURCE_URL?.reveal() : undefined);
      if (dir !== undefined && !options.from) return loadFiles(dir, options);
      if (dir === undefined && source) return followSource(source, options);
      throw new UsageError(
        "Say what to load: a folder (modstats load DIR) or another database (modstats load --from postgres://…), not both.",
      );
    });
}

async function loadFiles(dir: string, options: LoadOptions): Promise<void> {
  const chunkRows = wholeNumber("--chunk", options.chunk);
  if (!statSync(dir, { throwIfNoEntry: false })) throw new UsageError(`${dir} is not there: name a folder or a file.`);
  const clock = clockOf(options.now);
  const house = await openHouse(readConfig(process.env), clock);
  try {
    const report = await loadDirectory(
      house.pools.writer,
      dir,
      { now: clock.now(), closedSets: closedSetsOf(house.catalog) },
      { again: options.again === true, onProgress: showProgress, ...(chunkRows && { chunkRows }) },
    );
    await house.keeper?.look(house.catalog);
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${reportText(report)}\n`);
    process.exitCode = report.files.some((file) => file.refused) ? EXIT.refused : EXIT.answered;
  } finally {
    await house.close();
  }
}

/** One line a pull that changed something, or that could not read a table. */
async function followSource(source: string, options: LoadOptions): Promise<void> {
  const everyMs = 1_000 * (wholeNumber("--every", options.every) ?? 30);
  const overlapMs = 60_000 * (wholeNumber("--overlap", options.overlap) ?? 15);
  if (!URL.canParse(source))
    throw new UsageError("--from wants an address like postgres://user:password@host:5432/database.");
  const house = await openHouse(readConfig(process.env), clockOf(options.now));
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.abort());
  const following: FollowOptions = {
    schema: options.schema,
    overlapMs,
    rules: { closedSets: closedSetsOf(house.catalog) },
    tables: options.tables?.split(",").map((name) => name.trim()) ?? [],
  };
  try {
    do {
      const pulled = await pullChanges(house.pools.writer, source, following).catch((cause) => {
        if (!options.follow) throw new UsageError(`The source cannot be read: ${(cause as Error).message}`);
        process.stderr.write(`The source cannot be read (${(cause as Error).message}); the next pull tries again.\n`);
        return [];
      });
      await house.keeper?.look(house.catalog);
      process.stdout.write(options.json ? `${JSON.stringify(pulled)}\n` : pulledText(pulled, options.follow === true));
      if (!options.follow && pulled.some(({ refused }) => refused)) process.exitCode = EXIT.refused;
      if (options.follow) await wait(everyMs, undefined, { signal: stopped.signal }).catch(() => {});
    } while (options.follow && !stopped.signal.aborted);
  } finally {
    await house.close();
  }
}

function pulledText(pulled: readonly Pulled[], isFollowing: boolean): string {
  const told = pulled.filter(
    ({ refused, changed, putAsideCount }) => !isFollowing || refused || changed > 0 || putAsideCount > 0,
  );
  return told
    .map(({ table, read, changed, putAsideCount, refused }) =>
      refused
        ? `${table}: not read: ${refused}\n`
        : `${table}: ${changed} new or changed of ${read} rows read, ${putAsideCount} put aside\n`,
    )
    .join("");
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`${name} wants a whole number above 0; got "${text}".`);
}

/** One line that is overwritten on a terminal; elsewhere nothing, for the report says it all. */
function showProgress({ file, rows, finished }: LoadProgress): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r${file}: ${rows.toLocaleString("en-US")} rows read`.padEnd(60));
  if (finished) process.stderr.write("\n");
}

function reportText(report: LoadReport): string {
  const lines = report.files.map((file) => {
    if (file.refused) return `${file.file}: not loaded: ${file.refused}`;
    if (file.skipped) return `${file.file}: skipped: ${file.skipped}`;
    if (file.known) return `${file.file}: in already, all ${file.duplicates} rows; not read again`;
    const counts = Object.entries(file.putAsideByReason).map(([fault, count]) => `  ${count} × ${fault}`);
    const named = file.putAside.slice(0, NAMED_MAX).map(({ line, reason }) => `  line ${line}: ${reason}`);
    const resumed = file.resumedAtLine ? ` (went on at line ${file.resumedAtLine})` : "";
    const ignored = file.ignoredColumns ? [`  not in the mart, ignored: ${file.ignoredColumns.join(", ")}`] : [];
    return [
      `${file.file}: ${file.loaded} loaded, ${file.duplicates} known already, ${file.putAsideCount} put aside${resumed}`,
      ...counts,
      ...named,
      ...ignored,
    ].join("\n");
  });
  const total = `${report.loaded} rows loaded, ${report.duplicates} known already, ${report.putAsideCount} put aside (mart.quarantine has them)`;
  return [...lines, total].join("\n");
}

const NAMED_MAX = 5;
