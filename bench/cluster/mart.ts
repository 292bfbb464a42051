export const TABLES = ["cases", "decisions", "appeals"] as const;
type Table = (typeof TABLES)[number];
type Row = Readonly<Record<string, string | number>>;

const COLUMNS: Readonly<Record<Table, string>> = {
  cases: "case_id UInt64, created_at DateTime, market String",
  decisions: "decision_id UInt64, case_id UInt64, decided_at DateTime, action String",
  // The shard's key stands in every table that is joined.
  appeals: "appeal_id UInt64, decision_id UInt64, case_id UInt64, outcome String",
};
const ORDER: Readonly<Record<Table, string>> = { cases: "case_id", decisions: "decision_id", appeals: "appeal_id" };

/** The tables of docs/scale.md in the words of ClickHouse 18: undivided in `whole`, a shard's part in `shard`, all parts in `mart`. */
export function smallMart(): {
  readonly ddl: readonly string[];
  readonly rows: Readonly<Record<Table, readonly Row[]>>;
} {
  const ddl = ["whole", "shard", "mart"].map((name) => `create database ${name}`);
  for (const table of TABLES) {
    for (const database of ["whole", "shard"])
      ddl.push(`create table ${database}.${table} (${COLUMNS[table]}) engine = MergeTree order by ${ORDER[table]}`);
    ddl.push(
      `create table mart.${table} (${COLUMNS[table]}) engine = Distributed(moderation, shard, ${table}, cityHash64(case_id))`,
    );
  }
  return { ddl, rows: rowsOf() };
}

const CASES = 20_000;
const MARKETS = ["ID", "VN", "TH", "MY", "PH", "SG"];
const START = Date.parse("2026-03-01T00:00:00Z") / 1_000;

function rowsOf(): Readonly<Record<Table, readonly Row[]>> {
  const random = seeded(7);
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] as string;
  const made: Record<Table, Row[]> = { cases: [], decisions: [], appeals: [] };
  for (let id = 1; id <= CASES; id += 1) {
    const created = START + Math.floor(random() * 14 * 86_400);
    made.cases.push({ case_id: id, created_at: created, market: pick(MARKETS) });
    const times = random() < 0.05 ? 0 : random() < 0.1 ? 2 : 1;
    for (let turn = 0; turn < times; turn += 1) {
      const decision = made.decisions.length + 1;
      const action = pick(["approve", "approve", "remove", "warn"]);
      made.decisions.push({
        decision_id: decision,
        case_id: id,
        decided_at: created + Math.floor(random() ** 3 * 172_800) + turn * 3_600,
        action,
      });
      if (action === "remove" && random() < 0.4) {
        const outcome = pick(["upheld", "upheld", "overturned"]);
        made.appeals.push({ appeal_id: made.appeals.length + 1, decision_id: decision, case_id: id, outcome });
      }
    }
  }
  return made;
}

/** mulberry32: the same rows each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
