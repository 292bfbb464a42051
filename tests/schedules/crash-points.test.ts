import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Poster } from "../../src/chat/post.ts";
import { createWorker } from "../../src/schedules/worker.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { type LarkStub, startLarkStub } from "../support/lark-stub.ts";
import { type SlackStub, startSlackStub } from "../support/slack-stub.ts";
import { dueNow, larkPoster, note, openRuns, pass, slackPoster, workerParts } from "./house.ts";

/**
 * Every side effect of a run is a place to die at: each statement to the database, each request to the platform; before it is done, and
 * after it is done but before anybody knows. Place by place the process dies there, another takes over, and the world is looked at; until a
 * run comes through without having died, which means that all places were tried.
 */
let database: TestDatabase;
let slack: SlackStub;
let lark: LarkStub;
let fate: Fate;
beforeEach(async () => {
  fate = new Fate();
  [database, slack, lark] = await Promise.all([
    testDatabase(),
    startSlackStub({ chaos: () => (fate.passes() ? undefined : "reset"), after: () => fate.done() }),
    startLarkStub({ chaos: () => (fate.passes() ? undefined : "reset"), after: () => fate.done() }),
  ]);
});
afterEach(() => Promise.all([database.end(), slack.close(), lark.close()]));

class Killed extends Error {}

/** Counts side effects and ends the process at one of them: from then on nothing it tries has any effect. */
class Fate {
  #left = Number.POSITIVE_INFINITY;
  #when: "before" | "after" = "before";
  dead = false;
  arm(place: number, when: "before" | "after"): void {
    [this.#left, this.#when, this.dead] = [place, when, false];
  }
  spare(): void {
    this.arm(Number.POSITIVE_INFINITY, "before");
  }
  /** Called when a side effect is about to happen; false = it does not. */
  passes(): boolean {
    if (this.dead) return false;
    this.#left -= 1;
    if (this.#left === 0 && this.#when === "before") this.dead = true;
    return !this.dead;
  }
  /** Called when it has happened; false = nobody is left to hear of it. */
  done(): boolean {
    if (this.#left <= 0 && this.#when === "after") this.dead = true;
    return !this.dead;
  }
  /** The pool of a process that this is the fate of. */
  pool(pool: TestDatabase["worker"]): TestDatabase["worker"] {
    const query = async (...asked: unknown[]): Promise<unknown> => {
      if (!this.passes()) throw new Killed();
      const answer = await (pool.query as (...asked: unknown[]) => Promise<unknown>)(...asked);
      if (!this.done()) throw new Killed();
      return answer;
    };
    return { query } as unknown as TestDatabase["worker"];
  }
}

const toLark = { platform: "lark", tenant: "tenant_acme", channel: "oc_ops", owner: "ou_owner" } as const;
const composer = async () => [note("head"), note("finding")];
const held = (): string[] => [
  ...slack.posts.map(({ text }) => text),
  ...lark.posts.map(({ content }) => (content as { header: { title: { content: string } } }).header.title.content),
];

/** One process: its posters are new, as after a restart. */
async function live(posters: () => Partial<Record<"slack" | "lark", Poster>>, mortal: boolean): Promise<void> {
  const pool = mortal ? fate.pool(database.worker) : database.worker;
  await createWorker(workerParts(database, posters(), { pool, composer })).tick();
}

/** Dies at one place after another until it comes through alive; what the servers held each time. */
async function everyPlace(
  to: Parameters<typeof dueNow>[1],
  posters: () => Partial<Record<"slack" | "lark", Poster>>,
  when: "before" | "after",
): Promise<{ seen: Set<string>; places: number }> {
  const seen = new Set<string>();
  for (let place = 1; ; place += 1) {
    await database.writer.query("truncate bot.schedules, bot.runs, bot.posts cascade");
    (slack.posts as unknown[]).length = 0;
    (lark.posts as unknown[]).length = 0;
    await dueNow(database, to);
    fate.arm(place, when);
    await live(posters, true);
    const died = fate.dead;
    fate.spare();
    for (let again = 0; again < 4 && (held().length < 2 || (await openRuns(database)) > 0); again += 1) {
      await pass(database, 120);
      await live(posters, false);
    }
    seen.add(held().join(","));
    if (!died) return { seen, places: place - 1 };
  }
}

describe.each([
  ["Slack", {}, () => ({ slack: slackPoster(slack) })],
  ["Lark", toLark, () => ({ lark: larkPoster(lark) })],
] as const)("killed at every side effect on %s", (_, to, posters) => {
  it.each(["before", "after"] as const)("%s it is done: nothing is lost, nothing is there twice", async (when) => {
    const { seen, places } = await everyPlace(to, posters, when);
    expect(seen).toEqual(new Set(["head,finding"]));
    // Plan, claim, compose, freeze, and for each message begin, post, bind, confirm.
    expect(places).toBeGreaterThan(12);
  });
});

it("without the look-up the same places leave a message twice: the test can fail", async () => {
  const blind = (): { slack: Poster } => ({ slack: { ...slackPoster(slack), look: async () => ({ type: "absent" }) } });
  const { seen } = await everyPlace({}, blind, "after");
  expect([...seen]).toContain("head,head,finding");
});

it("marked as sent before it is sent, the same places lose a message: the test can fail", async () => {
  const hasty = (): { slack: Poster } => {
    const poster = slackPoster(slack);
    return {
      slack: {
        ...poster,
        async deliver(to, key, ...rest) {
          await database.writer.query("update bot.posts set state = 'sent' where post_key = $1", [key]);
          return poster.deliver(to, key, ...rest);
        },
      },
    };
  };
  const { seen } = await everyPlace({}, hasty, "before");
  expect([...seen].some((held) => !held.includes("head"))).toBe(true);
});
