import { statSync } from "node:fs";
import { Command } from "commander";
import { readConfig } from "../config.ts";
import { openHouse } from "../main.ts";
import { closedSetsOf, type LoadProgress, loadDirectory } from "../queries/load/load.ts";
import type { LoadReport } from "../queries/load/report.ts";
import { EXIT, UsageError } from "./fail.ts";
import { clockOf } from "./moment.ts";

interface LoadOptions {
  readonly now?: string;
  readonly json?: boolean;
  readonly again?: boolean;
  readonly chunk?: string;
}

/** `load DIR`: CSV and Parquet files named as the mart's tables; bad rows are counted, named and put aside, good ones kept. */
export function loadCommand(): Command {
  return new Command("load")
    .description("loads CSV and Parquet files into the mart; bad rows are put aside and named")
    .argument("<dir>", "folder with cases.csv, decisions.parquet, … (or one such file)")
    .option("--again", "reads files again that are in whole by their content")
    .option("--chunk <rows>", "rows of one transaction; a killed load goes on behind the last one")
    .option("--now <iso>", "the moment that counts as now, with its zone")
    .option("--json", "prints JSON")
    .action(async (dir: string, options: LoadOptions) => {
      const chunkRows = wholeNumber("--chunk", options.chunk);
      if (!statSync(dir, { throwIfNoEntry: false }))
        throw new UsageError(`${dir} is not there: name a folder or a file.`);
      const clock = clockOf(options.now);
      const house = await openHouse(readConfig(process.env), clock);
      try {
        const report = await loadDirectory(
          house.pools.writer,
          dir,
          { now: clock.now(), closedSets: closedSetsOf(house.catalog) },
          { again: options.again === true, onProgress: showProgress, ...(chunkRows && { chunkRows }) },
        );
        process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${reportText(report)}\n`);
        process.exitCode = report.files.some((file) => file.refused) ? EXIT.refused : EXIT.answered;
      } finally {
        await house.close();
      }
    });
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
