import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "forecast-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (csv: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> => {
  const file = join(folder, `${Math.abs(csv.length)}.csv`);
  writeFileSync(file, csv);
  return new Promise((done) => {
    execFile(process.execPath, ["--import", "tsx", "src/cli.ts", "forecast", file, ...args], (error, out, err) =>
      done({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
    );
  });
};
const day = (i: number): string => new Date(Date.UTC(2026, 0, 1) + i * 86_400_000).toISOString().slice(0, 10);
const daily = (count: number, cell: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `${day(i)},${cell(i)}\n`).join("");

describe("forecast FILE.csv", () => {
  it("gives the days after the last with two bands, and its error beside seasonal naive's", async () => {
    const csv = `timestamp,value\n${daily(90, (i) => (i === 40 ? "" : String(100 + (i % 7) * 10 + ((i * 7_919) % 23))))}`;
    const { code, out } = await run(csv, "--horizon", "14", "--json");
    expect(code).toBe(0);
    const made = JSON.parse(out);
    expect(made.forecast).toHaveLength(14);
    expect(made.forecast[0].timestamp).toBe(day(90));
    expect(Object.keys(made.forecast[0])).toEqual(["timestamp", "point", "low80", "high80", "low95", "high95"]);
    expect(made.missing).toBe(1);
    expect(made.backtest.mae).toBeLessThan(made.backtest.seasonal_naive_mae);
    const text = await run(csv, "--horizon", "3");
    expect(text.out).toContain(day(92));
    expect(text.out).toMatch(/seasonal naive \d/);
  });

  it("keeps a rate in [0, 1]", async () => {
    const { out } = await run(
      `timestamp,value,denominator\n${daily(60, (i) => `${95 + (i % 6)},100`)}`,
      "--horizon",
      "10",
      "--json",
    );
    for (const step of JSON.parse(out).forecast) {
      expect(step.low95).toBeGreaterThanOrEqual(0);
      expect(step.high95).toBeLessThanOrEqual(1);
    }
  });

  it.each([
    ["day,value\n2026-01-01,3\n", "timestamp,value"],
    ["timestamp,value\nyesterday,3\n", "no timestamp"],
    ["timestamp,value\n2026-01-01,many\n", "no number"],
    ["timestamp,value\n2026-01-01,1\n2026-01-01,2\n", "one row per bucket"],
    ["timestamp,value\n", "no value"],
  ])("refuses %j with one sentence", async (csv, words) => {
    const { code, err } = await run(csv, "--horizon", "3");
    expect(code).toBe(2);
    expect(err).toContain(words);
    expect(err.trim().split("\n")).toHaveLength(1);
  });

  it("refuses a horizon that is no number of buckets", async () => {
    expect((await run("timestamp,value\n2026-01-01,1\n", "--horizon", "0")).code).toBe(2);
  });
});
