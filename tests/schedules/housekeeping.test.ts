import { afterAll, beforeAll, expect, it } from "vitest";
import { claimDelivery, finishDelivery, forgetOldDeliveries } from "../../src/queries/state/deliveries.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.end());

it("a delivery handled two days ago is forgotten, one of today and one under way are not", async () => {
  for (const key of ["old", "today"]) {
    await claimDelivery(database.writer, [key]);
    await finishDelivery(database.writer, [key]);
  }
  await claimDelivery(database.writer, ["under way"]);
  await database.writer.query("update bot.deliveries set done_at = now() - interval '49 hours' where key = 'old'");
  await forgetOldDeliveries(database.writer);
  const { rows } = await database.writer.query("select key from bot.deliveries order by key");
  expect(rows.map((row) => row.key)).toEqual(["today", "under way"]);
});

it("a delivery whose handler died is taken again after its lease, and not before", async () => {
  expect(await claimDelivery(database.writer, ["dead"])).toBe(true);
  expect(await claimDelivery(database.writer, ["dead"])).toBe(false);
  await database.writer.query("update bot.deliveries set lease_until = now() - interval '1 second' where key = 'dead'");
  expect(await claimDelivery(database.writer, ["dead"])).toBe(true);
});
