import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import type { Pool } from "pg";
import { databaseNow } from "../../src/queries/state/runs.ts";
import { type StubFault, startLarkStub } from "../support/lark-stub.ts";
import { type Fault, startSlackStub } from "../support/slack-stub.ts";
import type { Orders } from "./worker-process.ts";
import { check, type Due, dice, expected, type Held, overdue, type Verdict } from "./workload.ts";

export interface KillOptions {
  readonly database: { readonly url: string; readonly pool: Pool };
  readonly kills: number;
  readonly seed: number;
  readonly workers?: number;
  readonly ablation?: Orders["ablation"];
  /** Share of the kills that are a SIGSTOP past the lease instead. */
  readonly stops?: number;
  readonly platforms?: readonly ("slack" | "lark")[];
  /** Kills no more after so many minutes, and checks what was done until then. */
  readonly minutesMax?: number;
  readonly onProgress?: (line: string) => void;
}
export interface KillReport extends Verdict {
  readonly seed: number;
  readonly kills: number;
  readonly stops: number;
  readonly runs: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly unfinished: number;
  readonly seconds: number;
}

const LEASE_SECONDS = 6;
const TIMING: Orders["timing"] = {
  leaseSeconds: LEASE_SECONDS,
  sendWithinMs: 1_500,
  retryFirstMs: 200,
  perSecondPerTenant: 200,
  perSecondPerChannel: 50,
};
const HTTP_TIMEOUT_MS = 2_000;
const CHANNELS_A_BATCH = 8;
const HOURS_A_BATCH = 12;

/**
 * Kills worker processes at random moments (SIGKILL) while the servers lose answers, limit, fail and dawdle; then lets three workers finish
 * and compares what the servers hold with what is due. The seed decides faults, victims and pauses; the machine decides the rest.
 */
export async function killWorkers(options: KillOptions): Promise<KillReport> {
  const started = performance.now();
  const { database, seed, kills, workers = 3, ablation = "none", stops: stopShare = 0, minutesMax = 600 } = options;
  const platforms = options.platforms ?? ["slack", "slack", "lark"];
  const roll = dice(seed);
  const weather = createWeather(dice(seed + 1));
  const slack = await startSlackStub({ chaos: weather.slack });
  const lark = await startLarkStub({ chaos: weather.lark });
  const nursery = createNursery(await bundled(), {
    databaseUrl: database.url,
    ...(platforms.includes("slack") ? { slack: { apiUrl: slack.apiUrl, botToken: slack.botToken } } : {}),
    ...(platforms.includes("lark")
      ? { lark: { domain: lark.domain, appId: lark.account.appId, appSecret: lark.account.appSecret } }
      : {}),
    timing: TIMING,
    httpTimeoutMs: HTTP_TIMEOUT_MS,
    ablation,
  });
  const dues: Due[] = [];
  const addBatch = async (): Promise<void> => {
    for (let n = 0; n < CHANNELS_A_BATCH; n += 1) {
      const platform = platforms[dues.length % platforms.length] as "slack" | "lark";
      const channel = platform === "slack" ? `C${dues.length}` : `oc_${dues.length}`;
      slack.join(channel);
      const tenant = platform === "slack" ? slack.team : "tenant_acme";
      dues.push(await overdue(database.pool, { platform, tenant, channel }, HOURS_A_BATCH));
    }
  };

  await addBatch();
  const active: ChildProcess[] = [];
  let killed = 0;
  let stopped = 0;
  try {
    for (let n = 0; n < workers; n += 1) active.push(await nursery.next(n));
    while (killed + stopped < kills && performance.now() - started < minutesMax * 60_000) {
      await sleep(20 + roll() * 380);
      if ((await openRuns(database.pool)) < CHANNELS_A_BATCH * HOURS_A_BATCH * 0.7) await addBatch();
      const place = Math.floor(roll() * active.length);
      const victim = active[place] as ChildProcess;
      if (roll() < stopShare) {
        stopped += 1;
        victim.kill("SIGSTOP");
        setTimeout(() => victim.kill("SIGCONT"), (LEASE_SECONDS + 1 + roll() * 3) * 1_000).unref();
      } else {
        killed += 1;
        victim.kill("SIGKILL");
        active[place] = await nursery.next(place);
      }
      if ((killed + stopped) % 50 === 0) options.onProgress?.(`${killed} kills, ${stopped} stops`);
    }
    options.onProgress?.(
      `${killed} kills, ${stopped} stops after ${Math.round((performance.now() - started) / 1_000)} s`,
    );
    weather.clear();
    const until = await databaseNow(database.pool);
    const unfinished = await drained(database.pool);
    const verdict = check(
      expected(dues, until),
      [...heldBySlack(slack.posts), ...heldByLark(lark.posts)].filter(({ key }) => !key.endsWith("/owner/1")),
    );
    const { rows } = await database.pool.query("select count(*)::int as n from bot.runs");
    return {
      ...verdict,
      seed,
      kills: killed,
      stops: stopped,
      runs: rows[0]?.n,
      faults: weather.counts,
      unfinished,
      seconds: Math.round((performance.now() - started) / 1_000),
    };
  } finally {
    for (const worker of active) worker.kill("SIGKILL");
    nursery.close();
    await Promise.all([slack.close(), lark.close()]);
  }
}

const heldBySlack = (posts: Awaited<ReturnType<typeof startSlackStub>>["posts"]): Held[] =>
  posts.map(({ metadata, text }) => ({ key: String(metadata?.event_payload?.run_key), text }));
const heldByLark = (posts: Awaited<ReturnType<typeof startLarkStub>>["posts"]): Held[] =>
  posts.map(({ uuid, content }) => ({ key: uuid, text: JSON.stringify(content) }));

async function openRuns(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    "select count(*)::int as n from bot.runs where state in ('due', 'sending', 'unknown')",
  );
  return rows[0]?.n ?? 0;
}

/** Waits until no run is open; how many were after two minutes. */
async function drained(pool: Pool): Promise<number> {
  // Schedules whose runs are not planned yet are open too: one round of ticks plans them.
  await sleep(1_000);
  for (let waited = 0; waited < 240; waited += 1) {
    if ((await openRuns(pool)) === 0) return 0;
    await sleep(500);
  }
  return openRuns(pool);
}

/** What goes wrong on the servers, by the dice. */
function createWeather(roll: () => number) {
  const counts: Record<string, number> = {};
  let calm = false;
  const pick = <F>(table: readonly (readonly [string, number, F])[]): F | undefined => {
    if (calm) return undefined;
    let at = roll();
    for (const [name, share, fault] of table) {
      if (at < share) {
        counts[name] = (counts[name] ?? 0) + 1;
        return fault;
      }
      at -= share;
    }
    return undefined;
  };
  return {
    counts,
    clear: () => {
      calm = true;
    },
    slack: (method: string): Fault | undefined =>
      pick<Fault>(
        method === "chat.postMessage"
          ? [
              ["lost ack", 0.06, "lost"],
              ["reset", 0.03, "reset"],
              ["429", 0.03, { limited: 1 }],
              ["500 after", 0.03, { status: 500, done: true }],
              ["500 before", 0.03, { status: 500 }],
              ["slow", 0.03, { slow: 300 }],
              ["after time-out", 0.01, { slow: HTTP_TIMEOUT_MS + 300 }],
            ]
          : [
              ["look reset", 0.03, "reset"],
              ["look 500", 0.03, { status: 500 }],
              ["look slow", 0.03, { slow: 300 }],
            ],
      ),
    lark: (method: string, path: string): StubFault["answer"] | undefined =>
      method === "POST" && path.endsWith("/messages")
        ? pick<StubFault["answer"]>([
            ["lost ack", 0.06, "lost_ack"],
            ["reset", 0.03, "reset"],
            ["429", 0.03, { status: 429, body: { code: 99991400, msg: "limited" }, headers: { "retry-after": "1" } }],
            ["500 before", 0.03, { status: 500 }],
            ["slow", 0.03, { slow: 300 }],
            ["after time-out", 0.01, { slow: HTTP_TIMEOUT_MS + 300 }],
          ])
        : undefined,
  };
}

/** Worker processes that are warm before they are wanted. */
function createNursery(script: string, orders: Orders) {
  const warm: Promise<ChildProcess>[] = [];
  const all = new Set<ChildProcess>();
  const bear = (): Promise<ChildProcess> =>
    new Promise((resolve, reject) => {
      const child = fork(script, { stdio: ["ignore", "ignore", "inherit", "ipc"], execArgv: ["--enable-source-maps"] });
      all.add(child);
      child.once("error", reject);
      child.once("exit", () => all.delete(child));
      child.once("message", () => resolve(child));
    });
  for (let n = 0; n < 5; n += 1) warm.push(bear());
  return {
    /** Lark's SDK takes most of a start: where both platforms are served, only the first place serves both. */
    async next(place: number): Promise<ChildProcess> {
      const child = await (warm.shift() as Promise<ChildProcess>);
      warm.push(bear());
      const { lark: _, ...slackOnly } = orders;
      child.send(orders.slack && place > 0 ? slackOnly : orders);
      return child;
    },
    close(): void {
      for (const child of all) child.kill("SIGKILL");
    },
  };
}

/** The worker as one file of JavaScript: a process starts in half the time. */
async function bundled(): Promise<string> {
  const folder = join(import.meta.dirname, "out");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `worker-${process.pid}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, "worker-process.ts")],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    outfile,
    logLevel: "silent",
  });
  return outfile;
}
