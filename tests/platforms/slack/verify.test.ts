import fc from "fast-check";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSlack, type Slack } from "../../../src/platforms/slack/slack.ts";
import { charts, type TinyBot, tinyBot } from "../../support/slack-answers.ts";
import { type SlackStub, slackSignature, startSlackStub } from "../../support/slack-stub.ts";

const NOW = Date.parse("2026-03-17T02:05:00Z");
let stub: SlackStub;
let slack: Slack;
let bot: TinyBot;

beforeAll(async () => {
  stub = await startSlackStub({ now: () => NOW });
  bot = tinyBot(() => ({ type: "nothing" }));
  const { botToken, signingSecret, apiUrl } = stub;
  slack = createSlack({ mode: "http", botToken, signingSecret, apiUrl, port: 0, host: "127.0.0.1" }, bot, charts, {
    log: pino({ level: "silent" }),
    clock: { now: () => NOW },
  });
  await slack.start();
  stub.reachOverHttp(slack.port ?? 0);
});
afterAll(async () => {
  await slack.stop();
  await stub.close();
});

const command = "command=%2Fmodstats&text=inflow&team_id=T0TEAM&channel_id=C0OPS&user_id=U0ASKER&trigger_id=";
const FORM = "application/x-www-form-urlencoded";

async function send(body: string, headers: Record<string, string>, path = "/slack/events"): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${slack.port}${path}`, {
    method: "POST",
    body,
    headers: { "content-type": FORM, ...headers },
  });
  await response.arrayBuffer();
  return response.status;
}
const signedAt = (seconds: number, body: string, secret = stub.signingSecret): Record<string, string> => ({
  "x-slack-request-timestamp": String(seconds),
  "x-slack-signature": slackSignature(secret, String(seconds), body),
});
const nowSeconds = NOW / 1000;

describe("who may speak over HTTP", () => {
  it("takes a signed request up to five minutes off, either way", async () => {
    for (const off of [0, -299, 299]) {
      const body = `${command}ok${off}`;
      expect(await send(body, signedAt(nowSeconds + off, body))).toBe(200);
    }
  });

  it("refuses the past and the future beyond five minutes", async () => {
    for (const off of [-301, 301, -86_400, 86_400, 1e9]) {
      const body = `${command}skew${off}`;
      expect(await send(body, signedAt(nowSeconds + off, body))).toBe(401);
    }
  });

  it("refuses the same request a second time", async () => {
    const body = `${command}replay`;
    const headers = signedAt(nowSeconds, body);
    expect(await send(body, headers)).toBe(200);
    expect(await Promise.all(Array.from({ length: 20 }, () => send(body, headers)))).toEqual(Array(20).fill(401));
  });

  it("refuses a thousand forged signatures", async () => {
    const heardBefore = bot.heard.length;
    const headers = fc.oneof(
      fc.constant({}),
      fc.record({
        "x-slack-signature": fc
          .uint8Array({ minLength: 32, maxLength: 32 })
          .map((bytes) => `v0=${Buffer.from(bytes).toString("hex")}`),
        "x-slack-request-timestamp": fc.constant(String(nowSeconds)),
      }),
      fc.record({
        "x-slack-signature": fc.constantFrom("v0=", "v1=00", "", "v0", "v0==", "garbage"),
        "x-slack-request-timestamp": fc.constantFrom(String(nowSeconds), "", "NaN", "-1", "1e9", " "),
      }),
      fc.string({ minLength: 1 }).map((secret) => signedAt(nowSeconds, `${command}x`, `not-${secret}`)),
      fc.constantFrom("2", "text", "y").map((other) => signedAt(nowSeconds, `${command}${other}`)),
    );
    await fc.assert(
      fc.asyncProperty(headers, async (forged) => {
        expect(await send(`${command}x`, forged as Record<string, string>)).toBe(401);
      }),
      { numRuns: 1_000 },
    );
    expect(bot.heard.length).toBe(heardBefore);
  });

  it("does not let ssl_check=1 in without a signature, as Bolt would", async () => {
    expect(await send("ssl_check=1&command=%2Fmodstats", {})).toBe(401);
    const body = "ssl_check=1&token=x";
    expect(await send(body, signedAt(nowSeconds, body))).toBe(200);
  });

  it("answers Slack's URL check", async () => {
    const ack = await stub.deliver("event", { type: "url_verification", challenge: "abc" });
    expect(ack).toMatchObject({ status: 200, body: '{"challenge":"abc"}' });
  });

  it("refuses bodies over a megabyte and other paths", async () => {
    const body = "x".repeat(1_100_000);
    expect(await send(body, signedAt(nowSeconds, body))).toBe(413);
    expect(await send("x", signedAt(nowSeconds, "x"), "/other")).toBe(404);
  });
});

describe("malformed payloads, properly signed", () => {
  const well = {
    command: () => ({
      command: "/modstats",
      text: "inflow",
      team_id: "T0TEAM",
      channel_id: "C0OPS",
      user_id: "U0ASKER",
      trigger_id: "1.2",
    }),
    event: () => ({
      type: "event_callback",
      team_id: "T0TEAM",
      event_id: "Ev1",
      event: { type: "app_mention", channel: "C0OPS", user: "U0ASKER", ts: "1700000000.000001", text: "x" },
    }),
    interactive: () => ({
      type: "block_actions",
      user: { id: "U0ASKER" },
      team: { id: "T0TEAM" },
      trigger_id: "1.2",
      channel: { id: "C0OPS" },
      message: { ts: "1700000000.000001" },
      actions: [{ type: "button", action_id: "ask:0", action_ts: "1.2", value: "{}" }],
    }),
    view: () => ({
      type: "view_submission",
      user: { id: "U0ASKER" },
      team: { id: "T0TEAM" },
      view: { id: "V1", callback_id: "modstats_form", private_metadata: "{}", state: { values: {} } },
    }),
  };
  const junk = fc.oneof(
    fc.constantFrom(
      null,
      "",
      0,
      -1,
      true,
      [],
      {},
      [null],
      { id: null },
      "\u0000",
      "x".repeat(70_000),
      Number.MAX_SAFE_INTEGER,
      "__proto__",
    ),
    fc.jsonValue(),
  );
  const mutation = fc.tuple(
    fc.constantFrom(...(Object.keys(well) as (keyof typeof well)[])),
    fc.array(fc.tuple(fc.nat(), junk), { minLength: 1, maxLength: 3 }),
  );

  it("crash nothing and are answered at once: 10,000", async () => {
    const seen: number[] = [];
    const crashes: unknown[] = [];
    const onCrash = (error: unknown): void => void crashes.push(error);
    process.on("unhandledRejection", onCrash);
    const mutants = fc.sample(mutation, 10_000);
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let mutant = mutants[next++]; mutant; mutant = mutants[next++]) {
        const [kind, changes] = mutant;
        const payload = changes.reduce<unknown>((tree, [at, value]) => mutate(tree, at, value), well[kind]());
        const ack = await stub.deliver(kind === "event" ? "event" : "interactive", payload);
        seen.push(ack.ms);
        if (![200, 400, 401, 500].includes(ack.status))
          throw new Error(`status ${ack.status} for ${JSON.stringify(payload)}`);
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    process.off("unhandledRejection", onCrash);
    expect(crashes).toEqual([]);
    expect(seen.length).toBe(10_000);
    const sorted = seen.sort((a, b) => a - b);
    expect(sorted[9_900]).toBeLessThan(100);
    const alive = await stub.sendCommand("inflow");
    expect(alive.status).toBe(200);
  }, 60_000);
});

/** Replaces, by number, one node of a JSON tree (0 = the root). */
function mutate(tree: unknown, at: number, value: unknown): unknown {
  const copy = structuredClone(tree);
  const places: [Record<string, unknown>, string][] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      walk((node as Record<string, unknown>)[key]);
    }
  };
  walk(copy);
  const place = places[at % (places.length + 1)];
  if (!place) return value;
  const [holder, key] = place;
  if (at % 5 === 0) delete holder[key];
  else holder[key] = value;
  return copy;
}
