import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Poster } from "../../src/chat/post.ts";
import { openPools, type Pools } from "../../src/queries/database/pools.ts";
import { createWorker } from "../../src/schedules/worker.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { type SlackStub, startSlackStub } from "../support/slack-stub.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { dueNow, pass, slackPoster, workerParts } from "./house.ts";

let database: TestDatabase;
let slack: SlackStub;
let proxy: TcpProxy;
let pools: Pools;
let poster: Poster;
beforeEach(async () => {
  [database, slack] = await Promise.all([testDatabase(), startSlackStub()]);
  const url = new URL(database.url);
  proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  // Short waits, so that a black hole costs the test no ten seconds a statement.
  pools = openPools({ url: url.href, kind: "postgres" }, { waitMsMax: 500, workerTimeoutMs: 500 });
  poster = slackPoster(slack);
});
afterEach(async () => {
  proxy.mode("down");
  await pools.end();
  await Promise.all([proxy.close(), database.end(), slack.close()]);
});

const worker = (posters = { slack: poster }) =>
  createWorker({ ...workerParts(database, posters), pool: pools.worker, facts: pools.reader });

describe("a database that is away when a post is due", () => {
  it.each([
    ["down", "1 s", 1],
    ["down", "5 min", 5],
    ["down", "30 min", 30],
    ["reset", "1 s", 1],
    ["reset", "30 min", 30],
    ["black hole", "1 s", 1],
    ["black hole", "5 min", 5],
    ["black hole", "30 min", 30],
  ] as const)("%s for %s: the process lives, and the first tick afterwards posts once", async (weather, _, ticks) => {
    await dueNow(database);
    const { tick, stop } = worker();
    proxy.mode(weather);
    // One tick a minute; each fails and says so in the log.
    for (let minute = 0; minute < ticks; minute += 1) await tick();
    expect(slack.posts).toHaveLength(0);
    proxy.mode("open");
    await tick();
    // A statement that was under way in the black hole may end its connection only now; the next minute's tick has a new one.
    if (slack.posts.length === 0) await tick();
    expect(slack.posts).toHaveLength(1);
    await stop();
  });
  it("slow, it is only slow", async () => {
    pools = openPools({ url: pools.worker.options.connectionString ?? "", kind: "postgres" });
    await dueNow(database);
    proxy.mode({ slowMs: 40 });
    await worker().tick();
    expect(slack.posts).toHaveLength(1);
  });
  it.each(["down", "black hole", "reset"] as const)(
    "%s between the post and its confirmation: found and not posted again",
    async (weather) => {
      await dueNow(database);
      const cut: Poster = {
        ...poster,
        async deliver(...given) {
          const outcome = await poster.deliver(...given);
          proxy.mode(weather);
          return outcome;
        },
      };
      // On a machine under load a statement may be late before anything is sent; a tick further it is.
      for (let again = 0; again < 5 && slack.posts.length === 0; again += 1) await worker({ slack: cut }).tick();
      expect(slack.posts).toHaveLength(1);
      proxy.mode("open");
      await pass(database);
      // With the usual waits: half a second is not much for a busy machine, and a lease that is taken is kept for its minute.
      const patient = openPools({ url: pools.worker.options.connectionString ?? "", kind: "postgres" });
      const { tick } = createWorker({
        ...workerParts(database, { slack: poster }),
        pool: patient.worker,
        facts: patient.reader,
      });
      const states = async () => (await database.writer.query("select state from bot.runs")).rows;
      await tick();
      await tick();
      // On a machine under load a tick may lose its lease half-way; the next one after that lease goes on.
      for (let again = 0; again < 5 && (await states())[0]?.state === "sending"; again += 1) {
        await pass(database);
        await tick();
      }
      await patient.end();
      expect(slack.posts).toHaveLength(1);
      expect(await states()).toEqual([{ state: "sent" }]);
    },
  );
});
