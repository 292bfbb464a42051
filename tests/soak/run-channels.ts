import { fillMart } from "../../demo/generate.ts";
import { readConfig } from "../../src/config.ts";
import { openHouse } from "../../src/main.ts";
import { migrate } from "../../src/queries/database/migrate.ts";
import { openPools } from "../../src/queries/database/pools.ts";
import { withServer } from "../support/passing-server.ts";
import { digestToChannels } from "./channels.ts";

/** `npm run soak:channels [-- 500]`: one digest for so many channels of Slack and Lark, all due at once. */
const channels = Number(process.argv[2] ?? 500);
await withServer(async (url) => {
  const pools = openPools({ url, kind: "postgres" });
  await migrate(pools.writer);
  await pools.end();
  await fillMart({ url, now: Date.now(), seed: 2026 });
  const house = await openHouse(readConfig({ DATABASE_URL: url }), { now: Date.now });
  try {
    const report = await digestToChannels(house, channels, (line) => process.stderr.write(`${line}\n`));
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    const { lost, duplicate, statementsFirst, statementsAll } = report;
    process.exitCode = lost + duplicate === 0 && statementsAll === statementsFirst ? 0 : 1;
  } finally {
    await house.close();
  }
});
