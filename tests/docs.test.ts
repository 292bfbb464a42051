import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoDatabase, type TestDatabase } from "./support/database.ts";

const read = (file: string): string => readFileSync(file, "utf8");
const scripts = JSON.parse(read("package.json")).scripts as Record<string, string>;
const documents = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  ...readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

describe("the documents", () => {
  it.each(documents)("%s links only to what is there", (document) => {
    const folder = document.startsWith("docs/") ? "docs" : ".";
    const links = [...read(document).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1] ?? "");
    expect(links.filter((link) => !existsSync(join(folder, link)))).toEqual([]);
  });

  it.each(documents)("%s names only npm scripts that exist", (document) => {
    const named = [...read(document).matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)].map((match) => match[1] ?? "");
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("ARCHITECTURE.md names only folders and files that exist", () => {
    const paths = [
      ...read("ARCHITECTURE.md").matchAll(/`((?:src|catalog|demo|shims|tests|docs)\/[\w/.-]*?)(?:\/\*)?`/g),
    ].map((match) => match[1] ?? "");
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });

  it("ARCHITECTURE.md has every layer of src", () => {
    const map = read("ARCHITECTURE.md");
    const layers = readdirSync("src").filter((name) => statSync(join("src", name)).isDirectory());
    expect(layers.filter((layer) => !map.includes(`\`src/${layer}`))).toEqual([]);
  });
});

describe("the commands of the README", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await demoDatabase();
  });
  afterAll(() => database.end());

  const commands = [...read("README.md").matchAll(/^npm run modstats -- (.+)$/gm)].map((match) => match[1] ?? "");
  it("are there", () => expect(commands.length).toBeGreaterThanOrEqual(5));

  it.each(commands)("modstats %s", (command) => {
    const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
    const ran = spawnSync(
      "npx",
      ["tsx", "src/cli.ts", ...words, ...(words[0] === "ask" ? ["--now", "2026-03-17T10:05+08:00"] : [])],
      {
        encoding: "utf8",
        env: { ...process.env, DATABASE_URL: database.url },
      },
    );
    expect(ran.stderr).not.toMatch(/ at .*\.ts:\d+/);
    // "and in ID?" follows another question in its thread; alone it is not understood.
    expect(ran.status).toBe(words.includes("--thread") ? 2 : 0);
    expect(ran.stdout.length).toBeGreaterThan(20);
  });

  it.each(["ask", "parse", "sql", "load", "vectors", "forecast", "demo", "start"])(
    "modstats %s --help says what it does",
    (command) => {
      const ran = spawnSync("npx", ["tsx", "src/cli.ts", command, "--help"], { encoding: "utf8" });
      expect(ran.status).toBe(0);
      expect(ran.stdout).toContain("--json");
    },
  );
});
