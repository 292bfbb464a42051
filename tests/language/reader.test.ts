import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonical, questionSchema } from "../../src/kernel/question.ts";
import { createLineReader } from "../../src/language/lines.ts";
import { resolveWindow } from "../../src/language/window.ts";
import { printWall } from "../../src/language/zone.ts";
import { catalog, here, NOW, reader } from "./catalog.ts";

const PIECES = [
  "tat", "p95", "backlog", "reports", "appeals", "fp rate", "ID", "my", "us", "may", "live", "video", "by", "market", "and", "vs", "last week",
  "yesterday", "since", "from", "to", "1-3", "9/3", "feb", "18:00", "-", ">", "24h", "%", "6", "only", "not", "exclude", "top 5", "why",
  "forecast", "next 2 weeks", "send", "every", "monday", "alert me if", "threshold", ".8", "→", "effect of", "v14", "exp_412", "UTC", "undo",
  "1", "add", "total", "market=", '"XX"', "积压", "上周", "按国家", "比", "งานค้าง", "เมื่อวาน", "tồn đọng", "tuần trước", "antrian", "kemarin",
]; // biome-ignore format: one list
const words = fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((list) => list.join(" "));
const anything = fc.oneof(
  words,
  fc.string({ maxLength: 120, unit: "binary" }),
  fc.string({ maxLength: 80, unit: "grapheme" }),
);
const zones = fc.constantFrom(
  "Asia/Singapore",
  "America/Los_Angeles",
  "Europe/London",
  "Asia/Kathmandu",
  "not a zone",
  "",
);
const moments = fc.integer({ min: Date.parse("2020-01-01"), max: Date.parse("2035-01-01") });

describe("the reader", () => {
  it("answers any text, in any thread, with a canonical Question and never throws", () => {
    fc.assert(
      fc.property(anything, anything, zones, moments, (before, text, zone, now) => {
        const first = reader.read(before, { now, zone }).question;
        const thread =
          first.kind === "clarify" ? { answered: [], clarify: first } : { answered: [first], clarify: null };
        const { question } = reader.read(text, { now, zone, thread });
        expect(questionSchema.safeParse(question).success).toBe(true);
        expect(JSON.stringify(question)).toBe(canonical(question));
        expect(question.options.choices?.length ?? 1).toBeLessThanOrEqual(4);
      }),
      { numRuns: 1_500 },
    );
  });

  it("says the same to the same words", () => {
    fc.assert(
      fc.property(words, (text) => {
        expect(canonical(reader.read(text, here).question)).toBe(canonical(reader.read(text, here).question));
      }),
      { numRuns: 200 },
    );
  });

  it("names only what the catalog has", () => {
    fc.assert(
      fc.property(words, (text) => {
        const { metrics, by, filters } = reader.read(text, here).question;
        for (const id of metrics) expect(catalog.metrics.has(id)).toBe(true);
        for (const id of [...by, ...Object.keys(filters).map((key) => key.replace("!", ""))])
          expect(catalog.dimensions.has(id)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("keeps the relative window for schedules, which resolve it anew", () => {
    const { window, comparison } = reader.read("send removals last week vs last month every monday", here);
    expect(window).toEqual({ kind: "unit", unit: "week", offset: -1 });
    expect(comparison).toEqual({ kind: "shift", unit: "month" });
    if (!window) throw new Error("no window");
    const span = resolveWindow(window, NOW + 7 * 86_400_000, "Asia/Singapore");
    expect([printWall(span.from, "Asia/Singapore"), printWall(span.to, "Asia/Singapore")]).toEqual([
      "2026-03-16",
      "2026-03-23",
    ]);
  });

  it("guesses the language, or takes the asker's where nothing tells", () => {
    const guess = (text: string): string => reader.read(text, { ...here, language: "th" }).language;
    expect(
      [
        "overturn rate last week",
        "昨天推翻率",
        "akurasi kemarin",
        "tồn đọng",
        "do chinh xac hom qua",
        "งานค้าง",
        "csv",
      ].map(guess),
    ).toEqual(["en", "zh", "id", "vi", "vi", "th", "th"]);
  });

  it("offers the nearest where a value is unknown, and tells help asked for from nothing understood", () => {
    expect(reader.read("market=Indonesai2 backlog", here).unknown).toMatchObject({
      role: "value",
      dimension: "market",
    });
    expect(reader.read("backlog in Narnia", here).unknown?.nearest).toHaveLength(3);
    expect(reader.read("backlog in general", here).unknown).toBeUndefined();
    expect(reader.read("help", here).askedForHelp).toBe(true);
    expect(reader.read("lol", here).askedForHelp).toBe(false);
  });

  it("reads lines with a state for each thread", () => {
    const read = createLineReader(reader);
    const line = (id: string, text: string, thread: string) =>
      read({ id, text, thread, now: "2026-03-17T10:05+08:00", tz: "Asia/Singapore" });
    line("1", "tat ID last week", "a");
    expect(line("2", "by queue", "b").question.kind).toBe("help");
    expect(line("3", "by queue", "a").question).toMatchObject({ metrics: ["tat"], by: ["queue"] });
    expect(() => read({ id: "4", text: "tat", now: "never", tz: "UTC" })).toThrow(/ISO instant/);
  });

  it("is quick on hostile text: 10 kB of it reads like a sentence", () => {
    const slowest = ["my fp rate ", "from 1 mar to ", "market=", "積壓", "xqzwvk ", "-", "ﷺ"].map((piece) => {
      const text = piece.repeat(10_000 / piece.length);
      const took = Array.from({ length: 5 }, () => {
        // CPU time of this process: what else the machine does is no fact about the reader.
        const before = process.cpuUsage();
        reader.read(text, here);
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1_000;
      });
      return Math.min(...took);
    });
    expect(Math.max(...slowest)).toBeLessThan(10);
  });
});
