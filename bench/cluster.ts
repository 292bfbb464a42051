import { spawnSync } from "node:child_process";
import { refusalOf } from "../src/queries/clickhouse/engine.ts";
import { smallMart, TABLES } from "./cluster/mart.ts";
import { type Node, startNodes } from "./cluster/nodes.ts";

/**
 * Two real ClickHouse servers with the mart spread over both by `cityHash64(case_id)`, and undivided beside it on the first. Every question is
 * asked of the distributed tables and of the undivided ones: states that add must be the same. Then the second server is stopped: the
 * question must fail, and say so. Needs `clickhouse-server` (Debian's 18.16 will do: `apt-get install clickhouse-server`).
 */

/** Statements over a database of tables under the same names; old dialect: no bound parameters, one join a statement. */
const QUESTIONS: Readonly<Record<string, (db: string) => string>> = {
  "decisions by market and day": (db) =>
    `select market, toDate(decided_at) as day, count() as n from ${db}.decisions
     any inner join (select case_id, market from ${db}.cases) using case_id group by market, day order by market, day`,
  "share overturned by day of the decision": (db) =>
    `select toDate(decided_at) as day, count() as n, sum(overturned) as x from ${db}.decisions
     any left join (select decision_id, max(outcome = 'overturned') as overturned from ${db}.appeals group by decision_id) using decision_id
     where action = 'remove' group by day order by day`,
  "time to decide, bins by market": (db) =>
    `select market, sumMap([toUInt16(floor(log(greatest(decided_at - created_at, 1)) / log(1.01)))], [toUInt64(1)]) as bins
     from ${db}.decisions any inner join (select case_id, market, created_at from ${db}.cases) using case_id group by market order by market`,
  "cases without a decision": (db) =>
    `select market, count() as n from ${db}.cases
     any left join (select case_id, 1 as decided from ${db}.decisions group by case_id) using case_id
     where decided = 0 group by market order by market`,
};

if (!hasServer()) {
  process.stderr.write("There is no clickhouse-server here: apt-get install clickhouse-server, and run this again.\n");
  process.exit(1);
}
const nodes = await startNodes(2);
try {
  const [first, second] = nodes as [Node, Node];
  await load(nodes);
  for (const [database, table] of TABLES.map((name) => ["shard", name] as const)) {
    const counts = await Promise.all(nodes.map((node) => count(node, `${database}.${table}`)));
    process.stdout.write(`${table}: ${counts.join(" + ")} rows on the two shards\n`);
  }
  let wrong = 0;
  for (const [name, text] of Object.entries(QUESTIONS)) {
    const [whole, spread] = [await first.rows(text("whole")), await second.rows(text("mart"))];
    const isSame = JSON.stringify(whole) === JSON.stringify(spread) && whole.length > 0;
    if (!isSame) wrong += 1;
    process.stdout.write(`${isSame ? "same " : "DIFFERENT"} ${name}: ${whole.length} rows\n`);
  }
  await second.stop();
  wrong += await withoutSecond(first);
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  for (const node of nodes) await node.stop();
}

/** What is asked while a shard is away; 0 when it fails as it should. */
async function withoutSecond(first: Node): Promise<number> {
  const text = QUESTIONS["decisions by market and day"]?.("mart") ?? "";
  const sum = (rows: readonly Readonly<Record<string, unknown>>[]): number =>
    rows.reduce((total, row) => total + Number(row.n), 0);
  const asked = await first.rows(text).then(
    (rows) => `an answer of ${sum(rows)} decisions`,
    (cause) => refusalOf(cause).code,
  );
  process.stdout.write(`one server stopped: ${asked}\n`);
  const skipping = await first.rows(text, { skip_unavailable_shards: 1 });
  const whole = await first.rows(QUESTIONS["decisions by market and day"]?.("whole") ?? "");
  process.stdout.write(
    `with skip_unavailable_shards, which the bot never sets: ${sum(skipping)} decisions of ${sum(whole)}, without a word\n`,
  );
  return asked === "database_down" ? 0 : 1;
}

async function load(nodes: readonly Node[]): Promise<void> {
  const { ddl, rows } = smallMart();
  for (const node of nodes) for (const statement of ddl) await node.command(statement);
  const [first] = nodes as [Node];
  for (const table of TABLES) {
    await first.insert(`whole.${table}`, rows[table]);
    await first.insert(`mart.${table}`, rows[table]);
  }
}

async function count(node: Node, table: string): Promise<number> {
  return Number((await node.rows(`select count() as n from ${table}`))[0]?.n);
}

/** Old servers know no `--version`; that there is something to start is enough. */
function hasServer(): boolean {
  return spawnSync("clickhouse-server", ["--help"], { stdio: "ignore" }).error === undefined;
}
