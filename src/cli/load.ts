import { Command } from "commander";
import { readConfig } from "../config.ts";
import { openHouse } from "../main.ts";
import { closedSetsOf, loadDirectory } from "../queries/load/load.ts";
import type { LoadReport } from "../queries/load/report.ts";
import { EXIT } from "./fail.ts";
import { clockOf } from "./moment.ts";

/** `load DIR`: CSV files named as the mart's tables; bad rows are counted, named and put aside, good ones kept. */
export function loadCommand(): Command {
  return new Command("load")
    .description("loads CSV files into the mart; bad rows are put aside and named")
    .argument("<dir>", "folder with cases.csv, decisions.csv, …")
    .option("--now <iso>", "the moment that counts as now, with its zone")
    .option("--json", "prints JSON")
    .action(async (dir: string, options: { now?: string; json?: boolean }) => {
      const clock = clockOf(options.now);
      const house = await openHouse(readConfig(process.env), clock);
      try {
        const report = await loadDirectory(house.pools.writer, dir, {
          now: clock.now(),
          closedSets: closedSetsOf(house.catalog),
        });
        process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${reportText(report)}\n`);
        process.exitCode = report.files.some((file) => file.refused) ? EXIT.refused : EXIT.answered;
      } finally {
        await house.close();
      }
    });
}

function reportText(report: LoadReport): string {
  const lines = report.files.map((file) => {
    if (file.refused) return `${file.file}: not loaded: ${file.refused}`;
    const counts = Object.entries(file.putAsideByReason).map(([fault, count]) => `  ${count} × ${fault}`);
    const named = file.putAside.slice(0, NAMED_MAX).map(({ line, reason }) => `  line ${line}: ${reason}`);
    return [
      `${file.file}: ${file.loaded} loaded, ${file.duplicates} known already, ${file.putAsideCount} put aside`,
      ...counts,
      ...named,
    ].join("\n");
  });
  const total = `${report.loaded} rows loaded, ${report.duplicates} known already, ${report.putAsideCount} put aside (mart.quarantine has them)`;
  return [...lines, total].join("\n");
}

const NAMED_MAX = 5;
