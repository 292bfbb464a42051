import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../../src/chat/answer.ts";
import { demoCore } from "../support/core.ts";

let core: Awaited<ReturnType<typeof demoCore>>;
beforeAll(async () => {
  core = await demoCore();
});
afterAll(() => core.close());

async function ask(text: string, thread: string = randomUUID()): Promise<Answer> {
  const reply = await core.bot.respond({
    where: { platform: "terminal", tenant: "local", channel: "forecasts" },
    thread,
    person: { id: "u", zone: "Asia/Singapore" },
    deliveries: [randomUUID()],
    act: { type: "words", text, spokenTo: true },
  });
  if (reply.type !== "answer") throw new Error(reply.type);
  return reply.answer;
}

describe("a forecast in chat", () => {
  it("gives the days asked, from today, each with an 80 % band inside its 95 % band", async () => {
    const answer = await ask("forecast inflow product ID next 2 wks");
    expect(answer.status).toBe("answered");
    expect(answer.values.map(({ key }) => key?.bucket)).toEqual(
      Array.from({ length: 14 }, (_, day) => `2026-03-${17 + day}`),
    );
    for (const { value, low, high, extra } of answer.values) {
      expect(low).toBeLessThanOrEqual(extra?.low80 ?? -1);
      expect(extra?.low80).toBeLessThanOrEqual(value ?? -1);
      expect(value).toBeLessThanOrEqual(extra?.high80 ?? -1);
      expect(extra?.high80).toBeLessThanOrEqual(high ?? -1);
    }
    expect(answer.headline).toMatch(/^Inflow · ID · product: about \d+ \(80 %: \d+ – \d+\) over the next 14 days/);
  });

  it("says in one line how wrong it was on the past, beside seasonal naive", async () => {
    const answer = await ask("forecast inflow next 2 wks");
    const line = answer.findings.find(({ code }) => code === "backtest")?.text;
    expect(line).toMatch(/^In the last 8 weeks off by \d+\s% at the median, seasonal naive \d+\s%\.$/);
  });

  it("draws the past solid and what is to come dashed within two bands, ledger entries on it", async () => {
    const [chart] = (await ask("forecast inflow next 2 wks")).charts;
    if (chart?.kind !== "line") throw new Error("no line");
    const points = chart.series[0]?.points ?? [];
    const ahead = points.filter(({ provisional }) => provisional);
    expect(ahead).toHaveLength(14);
    expect(ahead.every(({ inner, low }) => inner !== undefined && low !== undefined)).toBe(true);
    expect(points.slice(0, -14).every(({ provisional }) => !provisional)).toBe(true);
    expect(chart.marks?.map(({ label }) => label)).toContain("3.3 campaign");
    expect(await core.charts.png(chart)).toBeInstanceOf(Uint8Array);
  });

  it("keeps a share between 0 and 100 %, and learns from final cohorts only where they settle late", async () => {
    const answer = await ask("forecast over-enforcement next 7 days");
    for (const { low, high } of answer.values) {
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
    }
    expect(answer.caveats.map(({ code }) => code)).toContain("mature_only");
  });

  it("looks ahead by the hour where hours are asked, from the hour that is running", async () => {
    const { values } = await ask("predict inflow ID next 24 hours");
    expect(values).toHaveLength(24);
    expect(values[0]?.key?.bucket).toBe("2026-03-17T09:00+07:00");
    expect(values[23]?.key?.bucket).toBe("2026-03-18T08:00+07:00");
  });

  it("splits by one thing, whose parts add up to the headline, and asks which where two were named", async () => {
    const answer = await ask("forecast inflow by queue next 7 days");
    const total = answer.values.reduce((sum, { value }) => sum + (value ?? 0), 0);
    expect(answer.headline).toContain(Math.round(total).toLocaleString("en-GB"));
    expect(answer.charts[0]?.kind).toBe("multiples");
    const two = await ask("forecast inflow by queue and market");
    expect(two.code).toBe("forecast_one_split");
    expect(two.next.map(({ label }) => label)).toEqual(["by queue", "by market"]);
  });

  it("gives its steps and bands as CSV, computed again as of the same moment", async () => {
    const answer = await ask("forecast inflow next 3 days");
    const reply = await core.bot.respond({
      where: { platform: "terminal", tenant: "local", channel: "forecasts" },
      thread: null,
      person: { id: "u", zone: "Asia/Singapore" },
      deliveries: [randomUUID()],
      act: { type: "detail", receipt: answer.receipt as NonNullable<Answer["receipt"]>, detail: "csv" },
    });
    const lines = reply.type === "csv" ? reply.content.trim().split(/\r?\n/) : [];
    expect(lines[0]).toBe("bucket,inflow,inflow.low80,inflow.high80,inflow.low95,inflow.high95");
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain(`2026-03-17,${answer.values[0]?.value}`);
  });

  it("refuses in one sentence where there is too little, or where it is too far", async () => {
    const thin = await ask("forecast kappa seller SG");
    expect(thin.code).toBe("forecast_short");
    expect(thin.headline).toMatch(/has only \d+ days? of final data here; a forecast needs at least 14/);
    expect((await ask("forecast inflow next 40 weeks")).headline).toBe("A forecast reaches at most 120 days ahead.");
  });

  it("goes on in the thread, in the thread's language", async () => {
    const thread = randomUUID();
    await ask("预测未来7天的进审量", thread);
    const answer = await ask("印尼呢", thread);
    expect(answer.question.kind).toBe("forecast");
    expect(answer.question.filters).toEqual({ market: ["ID"] });
    expect(answer.headline).toMatch(/^进审量 · ID：未来 7 天约 /);
  });

  it.each(["sla", "cost", "aht", "backlog", "tat p95", "automation rate", "utilisation", "prevalence"])(
    "forecasts %s within its range",
    async (metric) => {
      const answer = await ask(`forecast ${metric} next 5 days`);
      expect(answer.status).toBe("answered");
      expect(answer.values).toHaveLength(5);
      for (const { value, low } of answer.values) {
        expect(Number.isFinite(value)).toBe(true);
        expect(low ?? 0).toBeGreaterThanOrEqual(0);
      }
    },
  );
});
