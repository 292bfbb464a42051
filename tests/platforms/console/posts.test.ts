import { afterEach, beforeEach, expect, it } from "vitest";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { createLog } from "../../../src/kernel/log.ts";
import { type Console, createConsole } from "../../../src/platforms/console/console.ts";
import { hasBrowser, launchBrowser } from "../../support/browser.ts";
import { type ListeningBot, listeningBot, plainCharts } from "./bot.ts";

let bot: ListeningBot;
let page: Console;
let url: string;
beforeEach(async () => {
  bot = listeningBot();
  const content = {
    type: "note",
    note: {
      language: "en",
      locale: "en-GB",
      title: "Overturn rate in ID rose to 4.4 %",
      lines: ["Usually 3.1 %."],
      small: ["Data through 17 Mar"],
      chart: null,
      buttons: [{ label: "Expected", act: { type: "verdict", finding: "f-1", verdict: "expected" } }],
      about: null,
    },
  } as const;
  page = createConsole(
    {
      port: 0,
      host: "127.0.0.1",
      posts: async (channel) => (channel === "#moderation-ops" ? [{ key: "s-1/2026-03-17/1", at: 1, content }] : []),
    },
    bot,
    plainCharts,
    { log: createLog("silent"), clock: fixedClock("2026-03-17T10:05+08:00") },
  );
  url = (await page.start()).url;
});
afterEach(() => page.stop());

it("a channel's scheduled messages are there for the page, each with the thread that replies go to", async () => {
  const posts = await (await fetch(`${url}/api/posts?channel=${encodeURIComponent("#moderation-ops")}`)).json();
  expect(posts).toMatchObject([
    {
      key: "s-1/2026-03-17/1",
      thread: "s-1/2026-03-17/1",
      reply: { type: "answer", answer: { headline: "Overturn rate in ID rose to 4.4 %", body: ["Usually 3.1 %."] } },
      verdicts: [{ label: "Expected", finding: "f-1", verdict: "expected" }],
    },
  ]);
  expect(await (await fetch(`${url}/api/posts?channel=dm`)).json()).toEqual([]);
});

it.skipIf(!hasBrowser)(
  "the page shows them, and a press of a finding's button is said in its thread",
  async () => {
    const browser = await launchBrowser();
    const tab = await browser.newPage();
    await tab.goto(url);
    await tab.getByText("Overturn rate in ID rose to 4.4 %").first().waitFor();
    await tab.getByRole("button", { name: "Expected" }).first().click();
    await expect
      .poll(() => bot.heard.map(({ act, thread }) => [act, thread]))
      .toEqual([[{ type: "verdict", finding: "f-1", verdict: "expected" }, "s-1/2026-03-17/1"]]);
    await browser.close();
  },
  60_000,
);
