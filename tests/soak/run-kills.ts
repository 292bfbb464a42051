import { parseArgs } from "node:util";
import { migrate } from "../../src/queries/database/migrate.ts";
import { openPools } from "../../src/queries/database/pools.ts";
import { withServer } from "../support/passing-server.ts";
import { killWorkers } from "./kills.ts";
import type { Orders } from "./worker-process.ts";

/** `npm run soak:kills -- --kills 1000 --seed 7 [--stops 0.03] [--ablation no-look-up|mark-before-send] [--platform slack|lark] [--minutes 30]` */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "1000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    stops: { type: "string", default: "0" },
    ablation: { type: "string", default: "none" },
    platform: { type: "string" },
    minutes: { type: "string", default: "600" },
  },
});
await withServer(async (url) => {
  const pools = openPools({ url, kind: "postgres" });
  try {
    await migrate(pools.writer);
    const report = await killWorkers({
      database: { url, pool: pools.writer },
      kills: Number(values.kills),
      seed: Number(values.seed),
      stops: Number(values.stops),
      minutesMax: Number(values.minutes),
      ablation: values.ablation as Orders["ablation"],
      ...(values.platform ? { platforms: [values.platform as "slack" | "lark"] } : {}),
      onProgress: (line) => process.stderr.write(`${line}\n`),
    });
    const { lost, duplicate, wrong, ...figures } = report;
    process.stdout.write(
      `${JSON.stringify({ ...figures, lost: lost.length, duplicate: duplicate.length, wrong: wrong.length, examples: [...lost, ...duplicate, ...wrong].slice(0, 5) }, null, 2)}\n`,
    );
    process.exitCode = lost.length + duplicate.length + wrong.length + report.unfinished === 0 ? 0 : 1;
  } finally {
    await pools.end();
  }
});
