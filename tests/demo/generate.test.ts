import { expect, test } from "vitest";
import { createCalendar, localMidnight, namedDays } from "../../demo/calendar.ts";
import { fillMart } from "../../demo/generate.ts";
import { Random, STREAMS } from "../../demo/random.ts";
import { DAY, HOUR } from "../../demo/world.ts";
import { DEMO_NOW, demoDatabase, type TestDatabase, testDatabase } from "../support/database.ts";

/** Tables that keep the books of loading and checking: no simulation fills them. */
const BOOKS = ["quarantine", "check_results", "dirty_hours", "follow_cursors", "load_files"];

/** One checksum a table, over all rows as text. */
async function checksums(database: TestDatabase): Promise<Record<string, string>> {
  const { rows: tables } = await database.writer.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'mart' and table_name <> all($1) order by 1",
    [BOOKS],
  );
  const sums: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await database.writer.query<{ sum: string }>(
      `select count(*) || ':' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') as sum from mart.${name} t`,
    );
    sums[name] = rows[0]?.sum ?? "";
  }
  return sums;
}

async function filled(seed: number): Promise<Record<string, string>> {
  const database = await testDatabase();
  await fillMart({ url: database.url, seed, cases: 4_000, now: DEMO_NOW });
  const sums = await checksums(database);
  await database.end();
  return sums;
}

test("one seed gives one world, another seed another", async () => {
  const [first, again, other] = [await filled(5), await filled(5), await filled(6)];
  expect(again).toEqual(first);
  expect(other.cases).not.toBe(first.cases);
  expect(Object.values(first).filter((sum) => sum.startsWith("0:"))).toEqual([]);
}, 60_000);

test("nothing is later than now, nothing refers to what is not there, the tables say how complete they are", async () => {
  const database = await demoDatabase();
  const { rows } = await database.reader.query(
    `select (select count(*) from mart.decisions d where not exists (select from mart.cases c where c.case_id = d.case_id)) as orphans,
            (select count(*) from mart.decisions d join mart.cases c using (case_id) where d.decided_at < c.created_at) as backwards,
            (select count(*) from mart.appeals a join mart.decisions d using (decision_id)
              where a.filed_at < d.decided_at or a.filed_at > d.decided_at + interval '14 days'
                 or a.resolved_at > a.filed_at + interval '3 days') as odd_appeals,
            (select count(*) from mart.decisions where decided_at > $1 or superseded_at > $1) as ahead,
            (select count(*) from mart.appeals where filed_at > (select complete_through from mart.watermarks where source = 'appeals')
                or resolved_at > (select complete_through from mart.watermarks where source = 'appeals')) as past_watermark,
            (select count(*) from mart.cases c where not exists (select from mart.decisions d where d.case_id = c.case_id)) as open,
            (select complete_through < $1::timestamptz - interval '5 hours' from mart.watermarks where source = 'appeals') as late`,
    [new Date(DEMO_NOW)],
  );
  expect(rows[0]).toMatchObject({ orphans: 0, backwards: 0, odd_appeals: 0, ahead: 0, past_watermark: 0, late: true });
  expect(rows[0].open).toBeGreaterThan(0);
  await database.end();
});

test("every market lives by its own clock and calendar", () => {
  const calendar = createCalendar(DEMO_NOW);
  expect(calendar.offset("ID", DEMO_NOW)).toBe(7 * HOUR);
  // Los Angeles went to daylight time on 8 March 2026.
  expect(calendar.offset("US", Date.parse("2026-03-08T09:59Z"))).toBe(-8 * HOUR);
  expect(calendar.offset("US", Date.parse("2026-03-08T10:01Z"))).toBe(-7 * HOUR);
  expect(new Date(localMidnight("America/Los_Angeles", DEMO_NOW, 9)).toISOString()).toBe("2026-03-07T08:00:00.000Z");
  const noon = (day: string) => calendar.dayFactor("ID", Date.parse(`${day}T12:00+07:00`));
  expect(noon("2025-11-11")).toBeGreaterThan(1.8 * noon("2025-11-18"));
  const names = namedDays(Date.parse("2025-06-01") / DAY, Date.parse("2026-04-01") / DAY);
  // Umm al-Qura: Ramadan 1447 began on 18 February 2026; the lunar year of the horse on 17 February 2026.
  expect(names.find(({ title }) => title === "Ramadan")?.from).toBe(Date.parse("2026-02-18") / DAY);
  expect(names.find(({ title }) => title === "Lunar New Year")?.from).toBe(Date.parse("2026-02-17") / DAY);
  expect(names.filter(({ kind }) => kind === "campaign").map(({ title }) => title)).toContain("11.11 campaign");
});

test("streams of different entities do not resemble each other", () => {
  const random = new Random(1);
  const firsts = Array.from({ length: 20_000 }, (_, id) => random.begin(STREAMS.case, id).next());
  const mean = firsts.reduce((sum, u) => sum + u, 0) / firsts.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
  const lagged =
    firsts.slice(1).reduce((sum, u, i) => sum + (u - 0.5) * ((firsts[i] as number) - 0.5), 0) / firsts.length;
  expect(Math.abs(lagged / (1 / 12))).toBeLessThan(0.03);
  expect(Array.from({ length: 400 }, () => random.begin(STREAMS.view, 3).poisson(4))[0]).toBe(
    random.begin(STREAMS.view, 3).poisson(4),
  );
});
