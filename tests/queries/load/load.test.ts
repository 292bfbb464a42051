import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { loadDirectory } from "../../../src/queries/load/load.ts";
import type { FileReport, LoadReport } from "../../../src/queries/load/report.ts";
import { type TestDatabase, testDatabase } from "../../support/database.ts";

const NOW = Date.parse("2026-03-17T10:05+08:00");
const closedSets = new Map([
  ["market", ["ID", "VN", "TH", "MY", "PH", "SG", "US", "GB"]],
  ["queue", ["product", "video", "live", "seller", "ip", "appeals"]],
  ["source", ["model", "user_report", "rights_owner", "random_audit", "appeal"]],
  ["content_type", ["listing", "video", "live", "review", "profile", "ad"]],
  ["category", ["beauty", "fashion"]],
  ["seller_tier", ["new", "bronze", "silver", "gold", "brand"]],
  ["severity", ["low", "medium", "high", "critical"]],
  ["decider", ["model", "human"]],
  ["action", ["approve", "remove", "restrict", "warn", "ban"]],
  ["reason", ["counterfeit", "spam"]],
]);

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.end());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "load-"));
  await database.writer.query(
    "truncate mart.cases, mart.decisions, mart.appeals, mart.sellers, mart.changes, mart.quarantine, mart.watermarks",
  );
  return () => rmSync(folder, { recursive: true });
});

const CASES =
  "case_id,created_at,market,queue,source,content_type,category,seller_id,seller_tier,severity,sla_due_at,views,gmv_usd";
const aCase = (id: number | string, changes: Record<string, string> = {}): string => {
  const row: Record<string, string> = {
    case_id: String(id), created_at: "2026-03-01T08:00:00+07:00", market: "ID", queue: "product", source: "model", content_type: "listing",
    category: "beauty", seller_id: "11", seller_tier: "gold", severity: "low", sla_due_at: "2026-03-02T08:00:00+07:00", views: "120",
    gmv_usd: "19.90", ...changes,
  }; // biome-ignore format: one row
  return CASES.split(",")
    .map((name) => row[name] ?? "")
    .join(",");
};
const DECISIONS =
  "decision_id,case_id,decided_at,decider,moderator_id,team,action,reason,score,model_version,guideline_version,handle_seconds,cost_usd,superseded_at";
const aDecision = (id: number, caseId: number | string): string =>
  `${id},${caseId},2026-03-01T02:00:00Z,model,,,remove,spam,0.91,m-1,g-1,,0.002,`;

const write = (file: string, ...lines: (string | Buffer)[]): void =>
  writeFileSync(
    join(folder, file),
    Buffer.concat(lines.map((line) => Buffer.concat([Buffer.from(line), Buffer.from("\n")]))),
  );
const load = (): Promise<LoadReport> => loadDirectory(database.writer, folder, { now: NOW, closedSets });
const fileOf = (report: LoadReport, file: string): FileReport => {
  const found = report.files.find((candidate) => candidate.file === file);
  if (!found) throw new Error(`${file} is not in the report`);
  return found;
};
const count = async (table: string): Promise<number> =>
  (await database.writer.query<{ n: number }>(`select count(*) as n from mart.${table}`)).rows[0]?.n ?? -1;

test("good rows are loaded, a second load of the same files adds nothing", async () => {
  write("cases.csv", CASES, aCase(1), aCase(2, { market: "VN" }));
  write("decisions.csv", DECISIONS, aDecision(5, 1));
  expect(await load()).toMatchObject({ loaded: 3, duplicates: 0, putAsideCount: 0 });
  expect(await load()).toMatchObject({ loaded: 0, duplicates: 3, putAsideCount: 0 });
  expect([await count("cases"), await count("decisions"), await count("quarantine")]).toEqual([2, 1, 0]);
});

test.each([
  ["a time without a zone", { created_at: "2026-03-01T08:00:00" }, "time", /no time zone/],
  ["a day that does not exist", { created_at: "2026-02-30T08:00:00Z" }, "time", /not a readable time/],
  ["a time in words", { created_at: "yesterday" }, "time", /not a readable time/],
  ["a date only", { created_at: "2026-03-01" }, "time", /not a readable time/],
  ["a time in the future", { created_at: "2026-03-17T10:06:00+08:00" }, "future", /in the future/],
  ["another case of a closed value", { market: "id" }, "outside_set", /"id" is not one of ID/],
  ["a space round a closed value", { market: " ID" }, "outside_set", /" ID"/],
  ["a negative count", { views: "-1" }, "number", /views/],
  ["a number with a comma", { gmv_usd: '"1,000.5"' }, "number", /gmv_usd/],
  ["not a number", { gmv_usd: "NaN" }, "number", /gmv_usd/],
  ["a number beyond 64 bits", { case_id: "9223372036854775808" }, "number", /case_id/],
  ["an empty text", { market: "" }, "missing", /market is empty/],
  ["a field too many", { gmv_usd: "1,2" }, "field_count", /14 fields where the header has 13/],
] as const)("%s is put aside and named", async (_name, changes, fault, reason) => {
  write("cases.csv", CASES, aCase(1), aCase(2, changes), aCase(3));
  const report = fileOf(await load(), "cases.csv");
  expect(report).toMatchObject({ loaded: 2, putAsideCount: 1, putAsideByReason: { [fault]: 1 } });
  expect(report.putAside).toEqual([{ line: 3, fault, reason: expect.stringMatching(reason) }]);
  const { rows } = await database.writer.query("select file, line, reason from mart.quarantine");
  expect(rows).toEqual([{ file: "cases.csv", line: 3, reason: expect.stringMatching(reason) }]);
  await load();
  expect(await count("quarantine")).toBe(1);
});

test("a due date may lie ahead", async () => {
  write("cases.csv", CASES, aCase(1, { sla_due_at: "2026-03-30T00:00:00Z" }));
  expect(await load()).toMatchObject({ loaded: 1, putAsideCount: 0 });
});

test("an orphan is put aside, also when its parent was", async () => {
  write("cases.csv", CASES, aCase(1), aCase(2, { market: "XX" }));
  write("decisions.csv", DECISIONS, aDecision(5, 1), aDecision(6, 2), aDecision(7, 99));
  write(
    "appeals.csv",
    "appeal_id,decision_id,filed_at,resolved_at,outcome",
    "1,5,2026-03-02T00:00:00Z,,",
    "2,6,2026-03-02T00:00:00Z,,",
  );
  const report = await load();
  expect(fileOf(report, "decisions.csv")).toMatchObject({ loaded: 1, putAsideByReason: { orphan: 2 } });
  expect(fileOf(report, "decisions.csv").putAside.map(({ line, reason }) => [line, reason])).toEqual([
    [3, "orphan: case_id 2 is not in cases"],
    [4, "orphan: case_id 99 is not in cases"],
  ]);
  expect(fileOf(report, "appeals.csv")).toMatchObject({ loaded: 1, putAsideByReason: { orphan: 1 } });
});

test("of a repeated key the first is kept; an equal row is a duplicate, another is put aside", async () => {
  write("cases.csv", CASES, aCase(1), aCase(1), aCase(1, { market: "VN" }), aCase(2));
  expect(fileOf(await load(), "cases.csv")).toMatchObject({
    loaded: 2,
    duplicates: 1,
    putAsideByReason: { conflict: 1 },
  });
  const { rows } = await database.writer.query("select market from mart.cases where case_id = 1");
  expect(rows).toEqual([{ market: "ID" }]);
  write("cases.csv", CASES, aCase(2, { views: "7" }));
  expect(fileOf(await load(), "cases.csv")).toMatchObject({
    loaded: 0,
    duplicates: 0,
    putAsideByReason: { conflict: 1 },
  });
});

test("a number written another way is the same row", async () => {
  write(
    "cases.csv",
    CASES,
    aCase(1, { gmv_usd: "19.90" }),
    aCase(1, { gmv_usd: "19.9", created_at: "2026-03-01T01:00:00Z" }),
  );
  expect(await load()).toMatchObject({ loaded: 1, duplicates: 1 });
});

test("a line that is not UTF-8 costs itself only", async () => {
  const bad = Buffer.concat([
    Buffer.from("2,2026-03-01T08:00:00Z,ID,product,model,"),
    Buffer.from([0xe9, 0xff]),
    Buffer.from(",,,"),
  ]);
  write("cases.csv", CASES, aCase(1), bad, aCase(3));
  expect(fileOf(await load(), "cases.csv")).toMatchObject({ loaded: 2, putAsideByReason: { encoding: 1 } });
});

test("a truncated last line is put aside", async () => {
  const cut = (text: string) => writeFileSync(join(folder, "cases.csv"), [CASES, aCase(1), text].join("\n"));
  for (const text of [aCase(2).slice(0, -30), aCase(2).slice(0, -1), `${aCase(2).slice(0, 20)}"`]) {
    cut(text);
    const report = fileOf(await load(), "cases.csv");
    expect(report.putAside).toEqual([{ line: 3, fault: "truncated", reason: "the last line is cut off" }]);
  }
  expect(await count("cases")).toBe(1);
});

test("a last line without a line end that can only be whole is loaded", async () => {
  write("cases.csv", CASES, aCase(1));
  write("decisions.csv", DECISIONS, aDecision(5, 1));
  writeFileSync(
    join(folder, "appeals.csv"),
    "appeal_id,decision_id,filed_at,resolved_at,outcome\n1,5,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,upheld",
  );
  expect(fileOf(await load(), "appeals.csv")).toMatchObject({ loaded: 1, putAsideCount: 0 });
});

test("an unclosed quote costs its line only; quoted line ends, commas and Windows line ends are fine", async () => {
  const header = "change_id,kind,title,starts_at,ends_at,markets,queues";
  const at = "2026-03-01T00:00:00Z";
  writeFileSync(
    join(folder, "changes.csv"),
    [
      header,
      `1,policy,"two\nlines, and a ""quote""",${at},,"{ID,VN}",`,
      `2,policy,"never closed,${at},,,`,
      `3,holiday,Tết 春节 สงกรานต์,${at},,"[""ID""]",`,
      `4,policy,it said "so",${at},,,`,
      `5,policy,x,${at},,"{ID,XX}",`,
      "",
    ].join("\r\n"),
  );
  const report = fileOf(await load(), "changes.csv");
  const { rows } = await database.writer.query("select change_id, title, markets from mart.changes order by 1");
  expect(rows).toEqual([
    { change_id: 1, title: 'two\nlines, and a "quote"', markets: ["ID", "VN"] },
    { change_id: 3, title: "Tết 春节 สงกรานต์", markets: ["ID"] },
    { change_id: 4, title: 'it said "so"', markets: null },
  ]);
  expect(report.putAside.map(({ line, fault }) => [line, fault])).toEqual([
    [4, "quote"],
    [7, "outside_set"],
  ]);
});

test("hostile text is stored as it stands", async () => {
  const title = "'); drop schema mart cascade; -- \\N \\. <!channel> =1+1";
  write(
    "changes.csv",
    "change_id,kind,title,starts_at,ends_at,markets,queues",
    `1,policy,${title},2026-03-01T00:00:00Z,,,`,
    "\\.",
  );
  expect(fileOf(await load(), "changes.csv")).toMatchObject({ loaded: 1, putAsideByReason: { field_count: 1 } });
  expect((await database.writer.query("select title from mart.changes")).rows).toEqual([{ title }]);
});

test("a missing column, another encoding, an empty file refuse that file whole; the others load", async () => {
  write("cases.csv", CASES, aCase(1));
  write("decisions.csv", DECISIONS.replace(",cost_usd", ""), "1");
  writeFileSync(join(folder, "appeals.csv"), Buffer.from("\ufeffappeal_id,decision_id\n1,1\n", "utf16le"));
  writeFileSync(join(folder, "sellers.csv"), "");
  const report = await load();
  expect(fileOf(report, "cases.csv").loaded).toBe(1);
  expect(fileOf(report, "decisions.csv").refused).toBe("missing column cost_usd");
  expect(fileOf(report, "appeals.csv").refused).toMatch(/not UTF-8/);
  expect(fileOf(report, "sellers.csv").refused).toBe("the file is empty");
});

test("unknown names are named and skipped, unknown columns ignored and named, columns stand in any order", async () => {
  write(
    "cases.csv",
    `note,${CASES.split(",").toReversed().join(",")}`,
    `hello,${aCase(1).split(",").toReversed().join(",")}`,
  );
  write("Cases (copy).csv", "x");
  mkdirSync(join(folder, "archive"));
  const report = await load();
  expect(fileOf(report, "cases.csv")).toMatchObject({ loaded: 1, ignoredColumns: ["note"] });
  expect(report.files.filter(({ skipped }) => skipped).map(({ file }) => file)).toEqual([
    "Cases (copy).csv",
    "archive",
  ]);
});

test("a byte order mark is no part of the first column", async () => {
  writeFileSync(join(folder, "cases.csv"), `\ufeff${CASES}\n${aCase(1)}\n`);
  expect(await load()).toMatchObject({ loaded: 1 });
});

test("a watermark moves on, never back", async () => {
  const mark = (through: string) =>
    write("watermarks.csv", "source,complete_through,loaded_at", `cases,${through},2026-03-17T00:00:00Z`);
  mark("2026-03-15T00:00:00Z");
  await load();
  mark("2026-03-16T00:00:00Z");
  expect(await load()).toMatchObject({ loaded: 1 });
  mark("2026-03-14T00:00:00Z");
  expect(await load()).toMatchObject({ loaded: 0, putAsideCount: 1 });
  const { rows } = await database.writer.query("select complete_through from mart.watermarks");
  expect(rows[0].complete_through.toISOString()).toBe("2026-03-16T00:00:00.000Z");
});

test("fifty thousand rows with a bad one among them take seconds", async () => {
  write("cases.csv", CASES, ...Array.from({ length: 50_000 }, (_, i) => aCase(i === 31_000 ? "x" : i + 1)));
  const report = fileOf(await load(), "cases.csv");
  expect(report).toMatchObject({ loaded: 49_999, putAsideByReason: { number: 1 } });
  expect(report.putAside[0]?.line).toBe(31_002);
});

test("a folder that is none is a mistake of the caller", async () => {
  await expect(loadDirectory(database.writer, join(folder, "nowhere"), { now: NOW, closedSets })).rejects.toThrow(
    /is not a folder/,
  );
});
