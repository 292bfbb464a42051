import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/kernel/clock.ts";
import { createLog } from "../../../src/kernel/log.ts";
import { type Console, createConsole } from "../../../src/platforms/console/console.ts";
import { hasBrowser, launchBrowser } from "../../support/browser.ts";
import { HOSTILE } from "./answers.ts";
import { type ListeningBot, listeningBot, plainCharts } from "./bot.ts";

const DESK = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };
const log = createLog("silent");

let browser: Browser;
let bot: ListeningBot;
let server: Console;
let url: string;
let complaints: string[];

beforeAll(async () => {
  if (hasBrowser) browser = await launchBrowser();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  bot = listeningBot();
  complaints = [];
  server = consoleOn(0);
  url = (await server.start()).url;
});
afterEach(async () => {
  bot.release();
  await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
  await server.stop();
});

describe.skipIf(!hasBrowser)("the local page in a browser", () => {
  for (const viewport of [DESK, PHONE])
    for (const colorScheme of ["light", "dark"] as const)
      it(`answers with chart, table and thread at ${viewport.width} px in the ${colorScheme}`, async () => {
        const page = await open({ viewport, colorScheme });
        await ask(page, "/modstats overturn rate by market last 14d");
        const card = page.locator(".list .answer").first();
        expect(await card.locator("h3").textContent()).toContain("Overturn rate 6.1 % (312 of 5,118)");
        expect(await card.locator("canvas").getAttribute("aria-label")).toBe(
          "bar chart: Overturn rate is highest in VN",
        );
        expect(await painted(page)).toBe(true);
        expect(await card.locator("tbody tr").count()).toBe(6);
        await fits(page);

        await card.locator(".thread-link").click();
        await ask(page, "and in ID?", "#thread-composer");
        expect(await page.locator(".thread .answer h3").last().textContent()).toContain("4.4 %");
        expect(bot.heard.at(-1)?.thread).toBe(bot.bound[0]?.thread.thread);
        await fits(page);
        await page.keyboard.press("Escape");
        expect(await card.locator(".thread-link").textContent()).toBe("1 in thread");
        expect(complaints).toEqual([]);
      });

  it("draws every kind of chart, without a complaint and within its width", async () => {
    for (const viewport of [DESK, PHONE]) {
      const page = await open({ viewport });
      for (const words of [
        "inflow last 30 days vs previous period",
        "overturn ID VN TH daily",
        "inflow by hour of day and weekday",
        "inflow by queue daily",
        "why overturn",
      ])
        await ask(page, words);
      expect(await page.locator("canvas").count()).toBe(1 + 2 + 6 + 1);
      expect(await page.locator(".heat tbody td").count()).toBe(7 * 24 + 2 * 3);
      expect(await page.locator(".heat tbody td.above").first().textContent()).toMatch(/^\+0\.6\spp$/);
      await fits(page);
    }
    expect(complaints).toEqual([]);
  });

  it("shows hostile text as text", async () => {
    for (const viewport of [DESK, PHONE]) {
      const page = await open({ viewport });
      await ask(page, "hostile");
      await ask(page, HOSTILE);
      for (const view of ["slack", "lark", "json", "answer"])
        await page.locator(`.tab[data-view=${view}]`).first().click();
      const card = page.locator(".list .answer").first();
      expect(await card.locator(".caveats").textContent()).toBe(HOSTILE);
      expect(await card.locator(".data tbody th").nth(1).textContent()).toBe("team\ufffdevil");
      expect(await page.locator("#app img, #app script, #app iframe").count()).toBe(0);
      expect(await page.title()).toBe("modstats");
      await fits(page);
    }
    expect(complaints).toEqual([]);
  });

  it("asks no other machine for anything", async () => {
    const page = await open();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.reload();
    await ask(page, "inflow last 30 days vs previous period");
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.filter((address) => !address.startsWith(`${url}/`))).toEqual([]);
  });

  it("lets no foreign page speak in its name", async () => {
    const foreign = await pageOfOthers(`
      const body = JSON.stringify({ id: "forged-0001", channel: "dm", thread: null, text: "fp rate" });
      const tries = [["text/plain", "no-cors"], ["application/json", "cors"]].map(([type, mode]) =>
        fetch("${url}/api/ask", { method: "POST", mode, headers: { "content-type": type }, body }).catch(() => null));
      Promise.all(tries).then(() => { document.title = "tried"; });`);
    const page = await (await browser.newContext()).newPage();
    await page.goto(`http://localhost:${(foreign.address() as AddressInfo).port}`);
    await page.waitForFunction("document.title === 'tried'"); // a page of others, without our policy
    expect(bot.heard).toEqual([]);
    foreign.close();
  });

  it("is worked by keyboard alone", async () => {
    const page = await open();
    await page.keyboard.press("/");
    expect(await focused(page)).toBe("composer");
    await page.keyboard.type("/");
    expect(await page.locator(".commands li").count()).toBe(6);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    expect(await page.inputValue("#composer")).toBe("/modstats define ");
    await page.fill("#composer", "");
    await page.keyboard.type("overturn rate by market last 14d");
    await page.keyboard.press("Enter");
    await answered(page, 1);
    await ask(page, "fp rate");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    expect(await page.inputValue("#composer")).toBe("overturn rate by market last 14d");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    expect(await page.inputValue("#composer")).toBe("");

    await page.locator(".list").first().focus();
    await page.keyboard.press("k");
    expect(await page.evaluate("document.activeElement.textContent")).toContain("Which “FP rate”");
    await page.keyboard.press("k");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe("tab");
    await page.keyboard.press("ArrowRight");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Slack");
    await page.keyboard.press("t");
    expect(await focused(page)).toBe("thread-composer");
    await page.keyboard.press("Escape");
    expect(await page.locator(".thread").isVisible()).toBe(false);
    await page.locator(".list").first().focus();
    await page.keyboard.press("?");
    expect(await page.locator("dialog[open] dt").count()).toBe(7);
    await page.keyboard.press("Escape");
    expect(await page.locator("dialog[open]").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it("reaches every control of an answer by Tab, each with a name", async () => {
    const page = await open();
    await ask(page, "overturn rate by market last 14d");
    const wanted = Number(
      await page.evaluate(
        'document.querySelectorAll(\'.answer :is(button, a, [tabindex="0"]):not([tabindex="-1"])\').length',
      ),
    );
    await page.locator(".list .answer").first().focus();
    const reached: string[] = [];
    for (let n = 0; n < wanted; n += 1) {
      await page.keyboard.press("Tab");
      reached.push(
        String(
          await page.evaluate(
            "document.activeElement.closest('.answer') ? (document.activeElement.getAttribute('aria-label') || document.activeElement.textContent) : ''",
          ),
        ),
      );
    }
    expect(reached).toHaveLength(wanted);
    expect(reached.every((name) => name !== "")).toBe(true);
    expect(reached).toContain("Reply in thread");
  });

  it("settles an ambiguous word by one tap, and a refusal by its nearest", async () => {
    const page = await open();
    await ask(page, "fp rate");
    await page.locator(".choices .step").nth(1).click();
    await answered(page, 2);
    expect(bot.heard.at(-1)).toMatchObject({
      thread: null,
      act: { type: "choice", question: { metrics: ["fp_rate"] } },
    });
    await ask(page, "overturn rate in Atlantis");
    await page.getByRole("button", { name: "Overturn rate in PH" }).click();
    await answered(page, 4);
    expect(bot.heard.at(-1)).toMatchObject({ act: { question: { filters: { market: ["PH"] } } } });
    expect(await page.locator(".thread").isVisible()).toBe(false);
  });

  it("takes a next step in the answer's thread", async () => {
    const page = await open();
    await ask(page, "overturn rate by market last 14d");
    await page.getByRole("button", { name: "By reason" }).click();
    await page.waitForSelector(".thread .entry:nth-child(2) .answer[aria-busy=false]");
    expect(bot.heard.at(-1)).toMatchObject({ thread: bot.bound[0]?.thread.thread, act: { type: "choice" } });
  });

  it("shows that it works, reads the answer out, and says in one sentence what went wrong", async () => {
    const page = await open();
    await page.fill("#composer", "slow");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".answer[aria-busy=true] .skeleton");
    bot.release();
    await answered(page, 1);
    expect(await page.locator("[aria-live=polite]").textContent()).toContain("Overturn rate 4.4 %");
    await ask(page, "down");
    expect(await page.locator(".answer").last().textContent()).toContain("The database does not answer.");
    await ask(page, "break");
    const fault = await page.locator(".answer").last().textContent();
    expect(fault).toMatch(/Something broke on our side \(reference c-[0-9a-z]+\)/);
    expect(fault).not.toContain("secret");
    await ask(page, "again");
    expect(await page.locator(".answer").last().textContent()).toContain("already handled");
  });

  it("says that the server is gone, and goes on when it is back", async () => {
    const page = await open();
    const port = Number(new URL(url).port);
    await server.stop();
    await ask(page, "overturn rate by market last 14d");
    expect(await page.locator(".banner").isVisible()).toBe(true);
    expect(await page.locator(".answer").textContent()).toContain("The bot does not answer.");
    server = consoleOn(port);
    await server.start();
    await page.waitForSelector(".banner", { state: "hidden" });
    await page.getByRole("button", { name: "Ask again" }).click();
    await page.waitForSelector(".answer[data-kind=answered]");
    expect(await page.locator(".entry").count()).toBe(1);
  });

  it("keeps the conversation over a reload, and the thread goes on", async () => {
    const page = await open();
    await ask(page, "overturn rate by market last 14d");
    await page.reload();
    await page.waitForSelector(".answer[data-kind=answered]");
    await page.locator(".recent .rail-item").click();
    await ask(page, "and in ID?", "#thread-composer");
    expect(bot.heard.at(-1)?.thread).toBe(bot.bound[0]?.thread.thread);
    await page.locator(".clear").click();
    await page.locator(".clear").click();
    await page.waitForSelector(".try");
    await page.reload();
    expect(await page.locator(".answer").count()).toBe(0);
  });

  it("shows the statements and saves the table", async () => {
    const page = await open();
    await ask(page, "overturn rate by market last 14d");
    await page.getByRole("button", { name: "Show SQL" }).click();
    await page.waitForSelector(".statement pre");
    expect(await page.locator(".statement pre").textContent()).toContain("from appeals a join cases c");
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "CSV" }).click();
    expect((await saving).suggestedFilename()).toBe("overturn-by-market.csv");
    await page.getByRole("button", { name: "Picture" }).click();
    await page.waitForSelector("img.picture");
    await page.getByRole("button", { name: "Show SQL" }).click();
    await page.getByRole("button", { name: "Hide SQL" }).click();
    expect(await page.locator(".statement").isVisible()).toBe(false);
    expect(complaints).toEqual([]);
  });

  it("sorts a table by numbers as they are written, and back", async () => {
    const page = await open();
    await ask(page, "overturn rate by market last 14d");
    const first = async () => page.locator(".data tbody th").first().textContent();
    await page.getByRole("button", { name: "Change" }).click();
    expect(await first()).toBe("VN");
    await page.getByRole("button", { name: "Change" }).click();
    expect(await first()).toBe("TH");
    expect(await page.locator("th[aria-sort=ascending]").textContent()).toBe("Change");
    await page.getByRole("button", { name: "Market", exact: true }).click();
    expect(await first()).toBe("ID");
  });

  it("builds a question from choices and shows its words", async () => {
    for (const viewport of [DESK, PHONE]) {
      const page = await open({ viewport });
      await page.locator(".build").click();
      const dialog = page.locator("dialog[open]");
      await dialog.locator("#form-metric").selectOption("overturn");
      await dialog.getByLabel("Last 14 days").check();
      await dialog.getByLabel("Market", { exact: true }).check();
      await dialog.locator("summary", { hasText: "Queue" }).click();
      await dialog.getByLabel("live", { exact: true }).check();
      await dialog.getByLabel("the period before").check();
      expect(await dialog.locator("output").textContent()).toBe(
        "overturn by market queue=live last 14 days vs previous period",
      );
      await fits(page);
      await dialog.getByRole("button", { name: "Ask" }).click();
      await answered(page, 1);
      expect(bot.heard.at(-1)?.act).toEqual({
        type: "words",
        text: "overturn by market queue=live last 14 days vs previous period",
        spokenTo: true,
      });
    }
    expect(complaints).toEqual([]);
  });

  it("speaks the browser's language, another on request, and tells the bot its zone and locale", async () => {
    const page = await open({ locale: "zh-CN", timezoneId: "Asia/Shanghai" });
    expect(await page.locator(".empty h2").textContent()).toBe("问问你的审核数据");
    await ask(page, "fp rate");
    expect(bot.heard[0]?.person).toEqual({ id: "local", zone: "Asia/Shanghai", locale: "zh-CN" });
    for (const [language, words] of [
      ["vi", "Tạo câu hỏi"],
      ["th", "สร้างคำถาม"],
      ["id", "Susun pertanyaan"],
      ["en", "Build a question"],
    ] as const) {
      await page.locator(".settings select").selectOption(language);
      expect(await page.locator(".build").textContent()).toBe(words);
      expect(await page.evaluate("document.documentElement.lang")).toBe(language);
    }
    await page.reload();
    expect(await page.locator(".build").textContent()).toBe("Build a question");
  });

  it("keeps a chosen theme from the first paint on", async () => {
    const page = await open({ colorScheme: "light" });
    await ask(page, "overturn rate by market last 14d");
    const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(await ground()).toBe("rgb(247, 246, 242)");
    await page.locator(".theme").click();
    await page.locator(".theme").click();
    expect(await ground()).toBe("rgb(18, 24, 30)");
    await page.reload();
    expect(await ground()).toBe("rgb(18, 24, 30)");
    await page.waitForSelector("canvas");
    expect(complaints).toEqual([]);
  });

  it("opens channels from a drawer on a phone", async () => {
    const page = await open({ viewport: PHONE });
    expect(await page.locator(".rail").isVisible()).toBe(false);
    await page.locator(".menu").click();
    await page.getByRole("button", { name: "ops-th" }).click();
    expect(await page.locator(".rail").isVisible()).toBe(false);
    expect(await page.locator(".title").textContent()).toContain("ops-th");
    await ask(page, "fp rate");
    expect(bot.heard[0]?.where.channel).toBe("#ops-th");
  });
});

function consoleOn(port: number): Console {
  return createConsole({ port, host: "127.0.0.1" }, bot, plainCharts, {
    log,
    clock: systemClock,
    views: {
      slack: (reply) => ({
        text: "x",
        blocks:
          reply.type === "answer"
            ? [
                { type: "header", text: { type: "plain_text", text: reply.answer.headline } },
                {
                  type: "section",
                  text: { type: "mrkdwn", text: `*bold* ${reply.answer.echo} <https://example.com|link>` },
                },
              ]
            : [],
      }),
      lark: (reply) => ({
        schema: "2.0",
        header: { title: { tag: "plain_text", content: reply.type === "answer" ? reply.answer.headline : "" } },
        body: {
          elements: [{ tag: "markdown", content: reply.type === "answer" ? reply.answer.echo : "" }, { tag: "chart" }],
        },
      }),
    },
  });
}

async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: DESK, reducedMotion: "reduce", locale: "en-GB", ...options });
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url);
  await page.waitForSelector(".try");
  return page;
}

async function ask(page: Page, words: string, field = "#composer"): Promise<void> {
  const before = await page.locator(".answer[aria-busy=false]").count();
  await page.fill(field, words);
  await page.press(field, "Enter");
  await answered(page, before + 1);
}

async function answered(page: Page, count: number): Promise<void> {
  await page
    .locator(".answer[aria-busy=false]")
    .nth(count - 1)
    .waitFor({ state: "attached" });
}

/** Nothing sticks out of the window, of its card, or of the page's height. */
async function fits(page: Page): Promise<void> {
  expect(
    await page.evaluate(`(() => {
      const root = document.scrollingElement;
      const out = [...document.querySelectorAll(".answer, .answer > *, .said p, .composer, .bar, .dialog, .dialog *")]
        .filter((element) => element.offsetParent !== null && !element.closest(".unseen, option"))
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 || element.getBoundingClientRect().left < -1)
        .map((element) => element.className || element.tagName);
      const wide = [...document.querySelectorAll(".list, .answer")].filter((element) => element.scrollWidth > element.clientWidth + 1).map((element) => element.className);
      return { across: root.scrollWidth - innerWidth, scrolled: root.scrollTop, out, wide };
    })()`),
  ).toEqual({ across: 0, scrolled: 0, out: [], wide: [] });
}

/** True when the first chart's canvas has ink on it. */
const painted = (page: Page): Promise<unknown> =>
  page.evaluate(`(() => {
    const canvas = document.querySelector("canvas");
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return data.some((byte) => byte > 0);
  })()`);

const focused = (page: Page): Promise<unknown> => page.evaluate("document.activeElement.id");

async function pageOfOthers(script: string): Promise<Server> {
  const other = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><script>${script}</script>`);
  });
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  return other;
}
