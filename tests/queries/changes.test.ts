import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addChange, readLedger } from "../../src/queries/changes.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.end());

const campaign = {
  kind: "campaign",
  title: "3.3 sale",
  startsAt: "2026-03-02T17:00:00.000Z",
  endsAt: "2026-03-03T17:00:00.000Z",
  markets: ["ID"],
  queues: null,
  metrics: null,
};
const span = { fromMs: Date.parse("2026-03-01T00:00Z"), toMs: Date.parse("2026-03-10T00:00Z"), max: 100 };

describe("the change ledger", () => {
  it("keeps an entry once, with who added it and when", async () => {
    const by = { person: "U1", atMs: Date.parse("2026-03-01T02:00Z") };
    expect(await addChange(database.writer, campaign, by)).toBe(true);
    expect(await addChange(database.writer, campaign, { ...by, person: "U2" })).toBe(false);
    const { rows } = await database.reader.query(
      "select added_by, added_at, change_id::float8 as id from mart.changes",
    );
    expect(rows).toEqual([{ added_by: "U1", added_at: new Date(by.atMs), id: 1e12 }]);
  });

  it("tells what was in force in a span for a market, and leaves other markets' entries out", async () => {
    const read = async (markets: string[]) => {
      const found = await readLedger(database.reader, { ...span, markets, queues: ["live"] });
      return found.ok ? found.value.changes : found.error;
    };
    expect(await read(["ID"])).toEqual([campaign]);
    expect(await read([])).toEqual([campaign]);
    expect(await read(["VN"])).toEqual([]);
  });
});
