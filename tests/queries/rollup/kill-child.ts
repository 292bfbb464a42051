import { readCatalog } from "../../../src/cli/read-catalog.ts";
import { openPools } from "../../../src/queries/database/pools.ts";
import { rollUp } from "../../../src/queries/rollup/rollup.ts";

/** A process that makes roll-ups until it is killed: one line for every transaction that it committed. */
const [url, now] = process.argv.slice(2) as [string, string];
const pools = openPools({ url, kind: "postgres" });
await rollUp(pools.writer, {
  catalog: readCatalog({ MODSTATS_CATALOG_DIRS: [] }),
  zone: "Asia/Singapore",
  now: Number(now),
  budgetShare: 0.4,
  eventsPerCellMin: 1,
  eventsADayMin: 0,
  asked: [],
  from: null,
  to: null,
  choose: false,
  onProgress: ({ stream, day }) => process.stdout.write(`${stream} ${day}\n`),
  stepRowsMax: 500,
});
process.stdout.write("done\n");
await pools.end();
