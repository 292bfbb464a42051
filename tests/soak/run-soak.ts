import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { migrate } from "../../src/queries/database/migrate.ts";
import { openPools } from "../../src/queries/database/pools.ts";
import { withServer } from "../support/passing-server.ts";
import { soak } from "./soak.ts";

/** `npm run soak:day`: a day of 1,440 ticks, 50 schedules, on a virtual clock. */
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
await withServer(async (url) => {
  const pools = openPools({ url, kind: "postgres" });
  try {
    await migrate(pools.writer);
    const { lost, duplicate, wrong, ...figures } = await soak(pools, { ticks: 1_440, schedules: 50, collect });
    const growth = figures.heapAfter / figures.heapBefore - 1;
    const clean = lost.length + duplicate.length + wrong.length === 0;
    const held = growth < 0.05 && figures.handlesAfter <= figures.handlesBefore;
    process.stdout.write(
      `${JSON.stringify({ ...figures, heapGrowthPercent: Math.round(growth * 1_000) / 10, lost: lost.length, duplicate: duplicate.length, wrong: wrong.length }, null, 2)}\n`,
    );
    process.exitCode = clean && held ? 0 : 1;
  } finally {
    await pools.end();
  }
});
