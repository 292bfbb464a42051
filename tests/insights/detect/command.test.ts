import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { days, quiet, uniforms } from "./worlds.ts";

const folder = mkdtempSync(join(tmpdir(), "detect-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const run = (csv: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> => {
  const file = join(folder, `${files++}.csv`);
  writeFileSync(file, csv);
  return new Promise((done) => {
    execFile(process.execPath, ["--import", "tsx", "src/cli.ts", "detect", file, ...args], (error, out, err) =>
      done({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
    );
  });
};
const csvOf = (stamps: readonly string[], cell: (i: number) => string, header = "timestamp,value"): string =>
  `${header}\n${stamps.map((stamp, i) => `${stamp},${cell(i)}\n`).join("")}`;
const stamps = (count: number, minutes: number): string[] =>
  Array.from({ length: count }, (_, i) =>
    new Date(Date.UTC(2026, 0, 5) + i * minutes * 60_000).toISOString().slice(0, 16),
  );

describe("detect FILE.csv", () => {
  it("names the odd day of a daily amount with score, expected value and band", async () => {
    const { values } = quiet("x", "amount", 200, 500, uniforms(1));
    const cell = (i: number): string => String((values[i] ?? 0) * (i === 180 ? 1.9 : 1));
    const { code, out } = await run(csvOf(days(200), cell), "--json");
    expect(code).toBe(0);
    const made = JSON.parse(out);
    expect(made).toMatchObject({ kind: "amount", method: "one-step forecast" });
    const found = made.anomalies.find(({ timestamp }: { timestamp: string }) => timestamp === days(200)[180]);
    expect(found).toMatchObject({ kind: "spike", direction: "up" });
    expect(found.value).toBeGreaterThan(found.high);
    expect(found.expected).toBeGreaterThan(found.low);
    expect(found.score).toBeGreaterThan(4);
    expect(made.anomalies.length).toBeLessThan(8);
  });

  it("judges a rate by its cases: the same share is odd of many and not of few", async () => {
    const uniform = uniforms(2);
    const { values } = quiet("x", "rate", 120, 0.05, uniform, 2000);
    const cell = (i: number): string => (i === 118 ? "2,10" : i === 119 ? "400,2000" : `${values[i]},2000`);
    const { out } = await run(csvOf(days(120), cell, "timestamp,value,denominator"), "--json");
    const odd = JSON.parse(out).anomalies.map(({ timestamp }: { timestamp: string }) => timestamp);
    expect(odd).toContain(days(120)[119]);
    expect(odd).not.toContain(days(120)[118]);
  });

  it("reads hours with gaps, small counts and readings every five minutes", async () => {
    const uniform = uniforms(3);
    const hourly = await run(
      csvOf(stamps(700, 60), (i) =>
        i % 97 === 5 ? "" : String(100 + 40 * Math.sin((i / 24) * 2 * Math.PI) + 3 * uniform() + (i === 650 ? 60 : 0)),
      ),
      "--json",
    );
    const hours = JSON.parse(hourly.out);
    expect(hours.missing).toBe(8);
    expect(hours.anomalies.map(({ timestamp }: { timestamp: string }) => timestamp)).toContain(stamps(700, 60)[650]);
    const counts = await run(
      csvOf(days(150), (i) => (i === 149 ? "19" : String(Math.floor(uniform() * 5)))),
      "--json",
    );
    expect(JSON.parse(counts.out)).toMatchObject({ kind: "count", method: "counts of events" });
    expect(JSON.parse(counts.out).anomalies.at(-1)).toMatchObject({ timestamp: days(150)[149], value: 19 });
    const fine = await run(
      csvOf(stamps(3000, 5), (i) => String(50 + 10 * uniform() + (i === 2500 ? 80 : 0))),
      "--json",
    );
    expect(JSON.parse(fine.out)).toMatchObject({ method: "novelty" });
    expect(JSON.parse(fine.out).anomalies[0]).toMatchObject({ timestamp: stamps(3000, 5)[2500], direction: "up" });
  });

  it("finds nothing in a constant series and says that it never varied; a first change is odd", async () => {
    const flat = await run(csvOf(days(90), () => "40"));
    expect(flat.out).toContain("Nothing left its expectation");
    expect(flat.out).toContain("never varied");
    const changed = await run(
      csvOf(days(90), (i) => (i === 80 ? "44" : "40")),
      "--json",
    );
    expect(JSON.parse(changed.out).anomalies).toHaveLength(1);
  });

  it("says of a short file that it is too short", async () => {
    const { code, out } = await run(csvOf(days(9), (i) => String(i * 3)));
    expect(code).toBe(0);
    expect(out).toContain("too few");
  });

  it.each([
    ["day,value\n2026-01-01,3\n", "timestamp,value"],
    ["timestamp,value\nyesterday,3\n", "no timestamp"],
    ["timestamp,value\n2026-01-01,many\n", "no number"],
    ["timestamp,value\n2026-01-01,1\n2026-01-01,2\n2026-01-02,2\n", "one row per bucket"],
    ["timestamp,value\n", "no value"],
    ["timestamp,value,denominator\n2026-01-01,-1,5\n", "not negative"],
  ])("refuses %j with one sentence", async (csv, words) => {
    const { code, err } = await run(csv);
    expect(code).toBe(2);
    expect(err).toContain(words);
    expect(err.trim().split("\n")).toHaveLength(1);
  });

  it("refuses a number of false alarms that is none", async () => {
    expect((await run("timestamp,value\n2026-01-01,1\n", "--false-alarms", "many")).code).toBe(2);
  });
});
