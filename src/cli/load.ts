import { Command } from "commander";
import { readConfig } from "../config.ts";
import { openHouse } from "../main.ts";
import { closedSetsOf, loadDirectory } from "../queries/load/load.ts";
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
