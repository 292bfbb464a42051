import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { createLog } from "../../../src/kernel/log.ts";
import { type Console, createConsole } from "../../../src/platforms/console/console.ts";
import { overturn } from "./answers.ts";
import { type ListeningBot, listeningBot, plainCharts } from "./bot.ts";

const log = createLog("silent");
const clock = fixedClock("2026-03-17T10:05+08:00");
let bot: ListeningBot;
let page: Console;
let url: string;

beforeEach(async () => {
  bot = listeningBot();
  page = createConsole({ port: 0, host: "127.0.0.1" }, bot, plainCharts, {
    log,
    clock,
    views: {
      slack: () => ({ blocks: [] }),
      lark: () => {
        throw new Error("no card today");
      },
    },
  });
  url = (await page.start()).url;
});
afterEach(async () => {
  bot.release();
  await page.stop();
});

describe("the local page's server", () => {
  it("sends the page with a policy that forbids inline scripts and foreign sources", async () => {
    const response = await fetch(url);
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    const html = await response.text();
    expect(html).not.toMatch(/<script(?![^>]*src=)/);
    expect(html).not.toMatch(/\son\w+=|style=|https?:\/\//);
  });

  it("hears words with channel, zone and locale, opens a thread and binds it to the answer", async () => {
    const { status, body } = await post(
      "/api/ask",
      ask("overturn rate by market last 14d", { zone: "Asia/Jakarta", locale: "id-ID" }),
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({
      reply: { type: "answer" },
      chartTexts: ["bar chart: Overturn rate is highest in VN"],
    });
    expect(bot.heard).toEqual([
      {
        where: { platform: "console", tenant: "local", channel: "#moderation-ops" },
        thread: null,
        person: { id: "local", zone: "Asia/Jakarta", locale: "id-ID" },
        deliveries: ["console:id-000001"],
        act: { type: "words", text: "overturn rate by market last 14d", spokenTo: true },
      },
    ]);
    expect(bot.bound).toEqual([
      {
        thread: { platform: "console", tenant: "local", channel: "#moderation-ops", thread: body.thread },
        receipt: "r-7f3a9c",
      },
    ]);
    await post("/api/ask", ask("and in ID?", { id: "id-000002", thread: body.thread }));
    expect(bot.heard[1]?.thread).toBe(body.thread);
    expect(bot.bound).toHaveLength(1);
  });

  it("gives a request that comes twice under one id one answer", async () => {
    const [first, second] = await Promise.all([post("/api/ask", ask("fp rate")), post("/api/ask", ask("fp rate"))]);
    expect(second.body).toEqual(first.body);
    expect(bot.heard).toHaveLength(1);
  });

  it("takes a button's Question only in its canonical shape", async () => {
    const good = await post("/api/choice", { id: "id-000001", channel: "dm", thread: null, question: overturn });
    expect(good.status).toBe(200);
    expect(bot.heard[0]?.act).toEqual({ type: "choice", question: overturn });
    const forged = { ...overturn, sql: "drop table cases" };
    expect((await post("/api/choice", { id: "id-000002", channel: "dm", thread: null, question: forged })).status).toBe(
      400,
    );
  });

  it("loses only the tab of a view that cannot be drawn", async () => {
    const { body } = await post("/api/ask", ask("overturn rate by market last 14d"));
    expect(body.views).toEqual({ slack: { blocks: [] }, lark: null });
  });

  it("tells a fault by its reference, never by its message", async () => {
    const { status, body } = await post("/api/ask", ask("break"));
    expect(status).toBe(500);
    expect(body).toEqual({ trouble: "fault", reference: expect.stringMatching(/^c-[0-9a-z]+$/) });
  });

  it("asks people to wait when too much is under way, and answers again afterwards", async () => {
    const waiting = Array.from({ length: 16 }, (_, n) => post("/api/ask", ask("slow", { id: `id-wait-${n}` })));
    await until(() => bot.heard.length === 16);
    expect((await post("/api/ask", ask("fp rate", { id: "id-more-1" }))).status).toBe(429);
    bot.release();
    expect((await Promise.all(waiting)).every(({ status }) => status === 200)).toBe(true);
    expect((await post("/api/ask", ask("fp rate", { id: "id-more-2" }))).status).toBe(200);
  });

  it.each([
    ["no words", ask("  ")],
    ["more words than a question has", ask("x".repeat(4_001))],
    ["a channel that there is not", ask("fp rate", { channel: "#elsewhere" })],
    ["a zone that there is not", ask("fp rate", { zone: "Mars/Olympus" })],
    ["a field that nobody knows", ask("fp rate", { admin: true })],
    ["nothing", null],
  ])("refuses %s", async (_, body) => {
    expect(await post("/api/ask", body)).toEqual({ status: 400, body: { trouble: "request" } });
    expect(bot.heard).toEqual([]);
  });

  it("refuses a body of more than 64 kB", async () => {
    expect((await post("/api/ask", ask("x".repeat(70_000)))).status).toBe(413);
  });

  it.each([
    ["a foreign name that was pointed at this machine", { host: "evil.example" }, 421],
    ["a foreign page", { origin: "https://evil.example" }, 403],
    ["another port of this machine", { origin: "http://127.0.0.1:9" }, 403],
    ["a sandboxed frame", { origin: "null" }, 403],
    ["nobody's page", { origin: "" }, 403],
    ["a form, which can send no JSON", { "content-type": "text/plain" }, 400],
  ])("refuses what comes from %s", async (_, headers, status) => {
    expect(await raw("/api/ask", headers, JSON.stringify(ask("fp rate")))).toBe(status);
    expect(bot.heard).toEqual([]);
  });

  it("answers nobody who reads across sites, nor under a foreign name", async () => {
    expect(await raw("/api/channels", { "sec-fetch-site": "cross-site" }, null)).toBe(403);
    expect(await raw("/", { host: "evil.example:80" }, null)).toBe(421);
  });

  it("keeps the charts of its answers as pictures", async () => {
    await post("/api/ask", ask("overturn rate by market last 14d"));
    const picture = await fetch(`${url}/api/chart.png?receipt=r-7f3a9c&n=0`);
    expect(picture.headers.get("content-type")).toBe("image/png");
    expect((await fetch(`${url}/api/chart.png?receipt=r-7f3a9c&n=1`)).status).toBe(404);
    expect((await fetch(`${url}/api/chart.png?receipt=r-nobody`)).status).toBe(404);
  });

  it("says which port is taken", async () => {
    const port = Number(new URL(url).port);
    const second = createConsole({ port, host: "127.0.0.1" }, bot, plainCharts, { log, clock });
    await expect(second.start()).rejects.toThrow(`Port ${port} is taken`);
  });
});

const ask = (text: string, more: object = {}) => ({
  id: "id-000001",
  channel: "#moderation-ops",
  thread: null,
  text,
  ...more,
});

async function post(path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Headers that `fetch` does not let a client set. */
function raw(path: string, headers: Record<string, string>, body: string | null): Promise<number | undefined> {
  const all = { origin: url, "content-type": "application/json", ...headers };
  const sent = Object.fromEntries(
    Object.entries(all).filter(([name, value]) => value !== "" && !(body === null && name === "origin")),
  );
  return new Promise((resolve, reject) => {
    const call = request(url + path, { method: body === null ? "GET" : "POST", headers: sent }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on("error", reject);
    call.end(body ?? undefined);
  });
}

async function until(true_: () => boolean): Promise<void> {
  while (!true_()) await new Promise((resolve) => setImmediate(resolve));
}
