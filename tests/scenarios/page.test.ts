import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createViews } from "../../src/cli/views.ts";
import { fixedClock } from "../../src/kernel/clock.ts";
import { createLog } from "../../src/kernel/log.ts";
import { type Console, createConsole } from "../../src/platforms/console/console.ts";
import { hasBrowser, launchBrowser } from "../support/browser.ts";
import { DEMO_NOW, demoCore } from "../support/core.ts";

/** The recorded conversation once more, typed and tapped by a person on the local page, over the real core and database. */
describe.skipIf(!hasBrowser)("a conversation on the local page (needs Chromium)", () => {
  let page: Page;
  let browser: Browser;
  let site: Console;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const core = await demoCore();
    close = core.close;
    site = createConsole({ port: 0, host: "127.0.0.1" }, core.bot, core.charts, {
      log: createLog("silent"),
      clock: fixedClock(DEMO_NOW),
      views: createViews(core.charts),
    });
    const { url } = await site.start();
    browser = await launchBrowser();
    page = await browser.newPage({
      viewport: { width: 1280, height: 860 },
      locale: "en-GB",
      timezoneId: "Asia/Singapore",
    });
    await page.goto(url);
  });
  afterAll(async () => {
    await browser.close();
    await site.stop();
    await close();
  });

  const answers = () => page.locator(".answer[aria-busy=false]");
  async function ask(words: string, composer: "#composer" | "#thread-composer"): Promise<string> {
    const before = await answers().count();
    await page.locator(composer).fill(words);
    await page.locator(composer).press("Enter");
    await answers().nth(before).waitFor();
    return (await answers().nth(before).textContent()) ?? "";
  }

  it("goes from a command through an ambiguous word, an error, a follow-up and why", async () => {
    expect(await ask("/modstats overturn rate by market last 90d", "#composer")).toMatch(/Overturn rate\s*\d+\.\d\s%/);
    expect(await ask("fp rate live last week", "#composer")).toContain("Which one do you mean?");
    expect(await ask("overturn in Atlantis", "#composer")).toContain("is no market that I know");
    // The thread's pane comes after the channel's in the document, so its answers are the last ones.
    await page.locator(".thread-link").first().click();
    expect(await ask("and in ID?", "#thread-composer")).toContain("Understood: Overturn rate · ID");
    expect(await ask("why?", "#thread-composer")).toMatch(/Overturn rate (rose|fell|did not move)/);
  });

  it("shows the answer as Slack and Lark would send it", async () => {
    const first = answers().first();
    await first.locator(".tab[data-view=slack]").click();
    expect(await first.textContent()).toContain("Overturn rate");
    await first.locator(".tab[data-view=lark]").click();
    expect(await first.textContent()).toContain("Overturn rate");
  });
});
