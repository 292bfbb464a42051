import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Database, endEmbedded, openDatabase, startEmbedded } from "../../../src/queries/database/embedded.ts";
import { reachableFolder, serverUser } from "../../../src/queries/database/server-user.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "embedded-"));
  chmodSync(folder, 0o755);
});
afterEach(() => {
  endEmbedded(folder);
  rmSync(folder, { recursive: true, force: true });
});

async function query(database: Pick<Database, "url">, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}
const start = () => startEmbedded({ dataDir: folder, durable: false });
const serverPid = () => Number(readFileSync(join(folder, "postgres", "postmaster.pid"), "utf8").split("\n")[0]);

/** Starts the same folder in a process of its own; resolves with its child and the address once the server answers. */
async function startElsewhere(): Promise<{ child: ReturnType<typeof spawn>; url: string }> {
  const script = `
    import { startEmbedded } from ${JSON.stringify(new URL("../../../src/queries/database/embedded.ts", import.meta.url).href)};
    const database = await startEmbedded({ dataDir: ${JSON.stringify(folder)}, durable: false });
    process.stdout.write(database.url + "\\n");
    setInterval(() => {}, 60_000);`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  return { child, url: url.toString().trim() };
}

test("what was written is there after a restart, on another port of 127.0.0.1", async () => {
  const first = await start();
  expect(new URL(first.url).hostname).toBe("127.0.0.1");
  expect(new URL(first.url).port).not.toBe("5432");
  await query(first, "create table kept as select 7 as n");
  await first.stop();
  expect(existsSync(join(folder, "postgres", "postmaster.pid"))).toBe(false);
  const second = await start();
  expect(await query(second, "select n from kept")).toEqual([{ n: 7 }]);
  await second.stop();
});

test("a server whose starter was killed is found and used again", async () => {
  const { child } = await startElsewhere();
  const pid = serverPid();
  child.kill("SIGKILL");
  await once(child, "exit");
  process.kill(pid, 0);
  const adopted = await start();
  expect(serverPid()).toBe(pid);
  await adopted.stop();
  expect(existsSync(join(folder, "postgres", "postmaster.pid"))).toBe(false);
  await expect(query(adopted, "select 1")).rejects.toThrow(/ECONNREFUSED/);
});

test("the file of a server that is gone is not in the way, even when its number belongs to another process", async () => {
  const first = await start();
  const path = join(folder, "postgres", "postmaster.pid");
  const left = readFileSync(path, "utf8").replace(/^\d+/, String(process.pid));
  await first.stop();
  writeFileSync(path, left);
  const second = await start();
  expect(await query(second, "select 1 as one")).toEqual([{ one: 1 }]);
  await second.stop();
});

test("two processes share one server, and the last one out ends it", async () => {
  const [ours, theirs] = await Promise.all([start(), startElsewhere()]);
  expect(theirs.url).toBe(ours.url);
  await ours.stop();
  expect(await query(theirs, "select 1 as one")).toEqual([{ one: 1 }]);
  theirs.child.kill("SIGKILL");
  await once(theirs.child, "exit");
});

test("a process that was killed in initdb leaves nothing in the way", async () => {
  mkdirSync(join(folder, ".new-999999-half"));
  const database = await start();
  expect(existsSync(join(folder, ".new-999999-half"))).toBe(false);
  await database.stop();
});

test("nobody gets in without the password, which only the server's user can read", async () => {
  const database = await start();
  const url = new URL(database.url);
  url.password = "";
  await expect(query({ url: url.href }, "select 1")).rejects.toThrow();
  await database.stop();
});

test("DATABASE_URL wins, and nothing is started", async () => {
  const database = await openDatabase({ databaseUrl: "postgres://elsewhere/db", dataDir: folder });
  expect(database).toMatchObject({ url: "postgres://elsewhere/db", kind: "external" });
  expect(existsSync(join(folder, "postgres"))).toBe(false);
});

test.runIf(serverUser())(
  "as root, a folder that the server's user cannot reach gets one that it can, always the same",
  () => {
    const user = serverUser();
    const closed = join(folder, "home");
    mkdirSync(closed, { mode: 0o700 });
    const stand = join(folder, "var");
    const reached = reachableFolder(join(closed, "data"), user, stand);
    expect(reached.startsWith(`${stand}/`)).toBe(true);
    expect(reachableFolder(join(closed, "data"), user, stand)).toBe(reached);
    expect(reachableFolder(join(closed, "other"), user, stand)).not.toBe(reached);
    expect(reachableFolder(join(folder, "data"), user, stand)).toBe(join(folder, "data"));
  },
);
