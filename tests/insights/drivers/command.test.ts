import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "explain-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const run = (csv: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> => {
  const file = join(folder, `${++files}.csv`);
  writeFileSync(file, csv);
  return new Promise((done) => {
    execFile(process.execPath, ["--import", "tsx", "src/cli.ts", "explain", file, ...args], (error, out, err) =>
      done({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
    );
  });
};
const PERIODS = ["--before", "feb", "--after", "mar"];

describe("explain FILE.csv", () => {
  it("names the segment that moved a rate, puts bad rows aside by name, and its parts add up", async () => {
    const rows = ["ID", "VN", "TH"].flatMap((market) =>
      ["live", "video"].flatMap((queue) => [
        `feb,${market},${queue},50,1000`,
        `mar,${market},${queue},${market === "ID" && queue === "live" ? 160 : 50},1000`,
      ]),
    );
    const csv = ["period,market,queue,value,denominator", ...rows, "mar,ID,live,many,1000", "mar,ID,live"].join("\n");
    const { code, out, err } = await run(csv, ...PERIODS, "--json");
    expect(code).toBe(0);
    expect(err).toBe(
      '2 of 14 rows could not be read and were put aside: row 13: value "many" is no number; row 14: 3 cells instead of 5.\n',
    );
    const made = JSON.parse(out);
    expect(made.segments.map((one: { where: object }) => one.where)).toEqual([{ market: "ID", queue: "live" }]);
    expect(made.explained.share).toBeCloseTo(1, 9);
    const parts = [...made.segments, ...made.against, made.rest].map((one: { effect: number }) => one.effect);
    expect(Math.abs(parts.reduce((sum, part) => sum + part, 0) - made.change)).toBeLessThan(1e-9);
    const text = await run(csv, ...PERIODS);
    expect(text.out).toContain("+1.83 pp  market=ID & queue=live  (5.00 % → 16.00 %)");
    expect(text.out).toContain("It explains +1.83 pp of +1.83 pp.");
  });

  it("draws the change as a picture where one is asked for", async () => {
    const rows = ["ID", "VN", "TH"].flatMap((market) => [
      `feb,${market},50,1000`,
      `mar,${market},${market === "ID" ? 160 : 50},1000`,
    ]);
    const picture = join(folder, "waterfall.png");
    const { code, out } = await run(
      ["period,market,value,denominator", ...rows].join("\n"),
      ...PERIODS,
      "--chart",
      picture,
    );
    expect(code).toBe(0);
    expect(out).toContain("market=ID");
    expect(readFileSync(picture).subarray(1, 4).toString()).toBe("PNG");
  });

  it("reads ranges of days, and scales an amount of more days to as many", async () => {
    const days = ["01", "02", "03", "04", "05", "06"];
    const rows = days.flatMap((day) =>
      ["ID", "VN", "TH"].map((market) => `2026-03-${day},${market},${market === "VN" && day > "04" ? 300 : 100}`),
    );
    const csv = ["day,market,value", ...rows].join("\n");
    const { code, out } = await run(
      csv,
      "--before",
      "2026-03-01..2026-03-04",
      "--after",
      "2026-03-05..2026-03-06",
      "--json",
    );
    expect(code).toBe(0);
    const made = JSON.parse(out);
    expect(made.before_scale).toBe(0.5);
    expect([made.before, made.after]).toEqual([600, 1000]);
    expect(made.segments.map((one: { where: object }) => one.where)).toEqual([{ market: "VN" }]);
  });

  it("says in one sentence what it cannot read", async () => {
    const noPeriod = await run("period,market,value\nfeb,ID,1\nfeb,VN,2\n", ...PERIODS);
    expect([noPeriod.code, noPeriod.err]).toEqual([
      2,
      expect.stringMatching(/has no row of the period "mar" \(--after\)\.\n$/),
    ]);
    const noValue = await run("period,market,amount\nfeb,ID,1\n", ...PERIODS);
    expect([noValue.code, noValue.err]).toEqual([2, expect.stringContaining('wants a column "value"')]);
    const empty = await run("", ...PERIODS);
    expect([empty.code, empty.err]).toEqual([2, expect.stringMatching(/is empty\.\n$/)]);
    const noRate = await run("period,market,value,denominator\nfeb,ID,0,0\nmar,VN,1,9\n", ...PERIODS);
    expect([noRate.code, noRate.err]).toEqual([2, expect.stringContaining("no denominator above zero")]);
  });
});
