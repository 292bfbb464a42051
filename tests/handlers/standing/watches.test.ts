import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../../../src/chat/answer.ts";
import type { Note } from "../../../src/chat/post.ts";
import type { LineSpec } from "../../../src/kernel/chart-spec.ts";
import { findSchedule, type Schedule } from "../../../src/queries/state/schedules.ts";
import { watchComposer } from "../../../src/schedules/standing.ts";
import { type StandingHouse, standingHouse } from "../../scenarios/standing-house.ts";
import { type TestDatabase, testDatabase } from "../../support/database.ts";

const HOUR = 3_600_000;
const NOW = "2026-11-05T10:05+07:00";
const WHERE = { platform: "terminal", tenant: "local", channel: "ops" } as const;
let database: TestDatabase;
let house: StandingHouse;
let said = 0;

const ask = async (text: string, thread = `t${said}`, person = "siti"): Promise<Answer> => {
  said += 1;
  const reply = await house.bot.respond({
    where: WHERE,
    thread,
    person: { id: person, zone: "Asia/Bangkok" },
    deliveries: [`d${said}`],
    act: { type: "words", text, spokenTo: true },
  });
  if (reply.type !== "answer") throw new Error(JSON.stringify(reply));
  return reply.answer;
};
/** Asks, presses Save, and gives the schedule. */
const saved = async (text: string): Promise<Schedule> => {
  const thread = `s${said}`;
  await ask(text, thread);
  await ask("save", thread);
  const all = await house.schedules();
  return all.filter(({ id }) => !id.endsWith("-e")).at(-1) as Schedule;
};
const look = async (schedule: Schedule, at: string): Promise<Note | null> => {
  const current = (await findSchedule(database.writer, schedule.id)) as Schedule;
  const posts = await watchComposer(house.parts)({
    schedule: current,
    day: at.slice(0, 10),
    at: Date.parse(at),
    lateMs: 0,
  });
  const [post] = posts;
  return post?.type === "note" ? post.note : null;
};

let nextCase = 1;
/** So many cases that come in at a moment of Thailand, decided `hours` later (null = open). */
async function cases(count: number, at: string, hours: number | null): Promise<void> {
  const first = nextCase;
  nextCase += count;
  await database.writer.query(
    `insert into mart.cases (case_id, created_at, market, queue, source, content_type, category, seller_id, seller_tier, severity, sla_due_at, views, gmv_usd)
     select n, $3, 'TH', 'live', 'model', 'video', 'beauty', 1, 'new', 'low', $3::timestamptz + interval '24 hours', 0, 0
     from generate_series($1::bigint, $2::bigint) n`,
    [first, nextCase - 1, at],
  );
  if (hours === null) return;
  await database.writer.query(
    `insert into mart.decisions (decision_id, case_id, decided_at, decider, action, guideline_version, cost_usd)
     select n, n, $3::timestamptz + make_interval(hours => $4), 'human', 'remove', 'v1', 0 from generate_series($1::bigint, $2::bigint) n`,
    [first, nextCase - 1, at, hours],
  );
}
const day = (index: number): string =>
  new Date(Date.parse("2026-09-06") + index * 86_400_000).toISOString().slice(0, 10);

beforeAll(async () => {
  database = await testDatabase();
  house = standingHouse(database, NOW);
  const peaks: Record<string, number> = {
    "2026-10-03": 120,
    "2026-10-09": 130,
    "2026-10-10": 99,
    "2026-10-11": 125,
    "2026-10-17": 150,
    "2026-10-30": 101,
  };
  for (let index = 0; index < 60; index += 1) await cases(peaks[day(index)] ?? 40, `${day(index)}T12:00+07:00`, 1);
  // Appeals: ten a day are resolved; how many of them overturned goes up and down.
  await database.writer.query(
    `insert into mart.appeals (appeal_id, decision_id, filed_at, resolved_at, outcome)
     select d * 10 + k, d * 40 + k, at - interval '1 day', at, case when k <= 1 + abs(d % 20 - 10) / 4 then 'overturned' when k = 9 then 'withdrawn' else 'upheld' end
     from generate_series(0, 58) d, generate_series(1, 9) k, lateral (select timestamptz '2026-09-07T08:00+07:00' + d * interval '1 day' as at) x`,
  );
  await database.writer.query(
    "insert into mart.watermarks (source, complete_through, loaded_at) select unnest($1::text[]), $2::timestamptz, $2::timestamptz",
    [["cases", "claims", "decisions", "appeals", "qa_labels"], NOW],
  );
}, 60_000);
afterAll(() => database.end());

describe("before a watch is saved it is tried on the last 60 days", () => {
  it("and says on which days it would have fired: a second day within 5 % of the level is no second time", async () => {
    const answer = await ask("alert me if inflow in TH > 100");
    expect(answer.headline).toBe("Watch Inflow, TH, by day > 100?");
    expect(answer.body.join("\n")).toContain(
      "It would have fired 4 times in the last 60 days: on 3 Oct, 9 Oct, 17 Oct and 30 Oct.",
    );
    const chart = answer.charts[0] as LineSpec;
    expect(chart.series[1]?.points.every(({ y }) => y === 100)).toBe(true);
    expect(chart.marks).toHaveLength(4);
  });

  it("as a computation by hand over plain SQL has it, for the rate of a window that moves day by day", async () => {
    const answer = await ask("tell me when overturn rate in TH goes above 25% min volume 10");
    const { rows } = await database.writer.query<{ day: string; rate: number | null }>(
      `select to_char(d, 'YYYY-MM-DD') as day,
              (select case when count(*) >= 10 then avg((a.outcome in ('overturned', 'partial'))::int)::float8 end from mart.appeals a
               where a.outcome <> 'withdrawn' and a.resolved_at >= (d - 7)::timestamp at time zone 'Asia/Bangkok'
                 and a.resolved_at < d::timestamp at time zone 'Asia/Bangkok') as rate
       from (select generate_series(date '2026-09-07', date '2026-11-05', interval '1 day')::date as d) days order by d`,
    );
    const fired: string[] = [];
    let isArmed = true;
    for (const { day: end, rate } of rows) {
      if (rate === null) continue;
      if (isArmed && rate > 0.25) {
        fired.push(end);
        isArmed = false;
      } else if (rate <= 0.25 * 0.95) isArmed = true;
    }
    expect(fired.length).toBeGreaterThan(1);
    const marks = (answer.charts[0] as LineSpec).marks ?? [];
    // A window that ends at the midnight of a day is judged on that day.
    const ends = marks.map(({ x }) => new Date(Date.parse(x) + 7 * HOUR).toISOString().slice(0, 10));
    expect(ends).toEqual(fired);
  });

  it("offers levels that would fire now and then, and tries the one that is chosen anew", async () => {
    const thread = "levels";
    const first = await ask("alert me if inflow in TH > 100", thread);
    const other = first.next.find(({ question }) => question.options.manage?.verb === "level");
    expect(other?.label).toMatch(/^\d+: \d alerts?$/);
    const changed = await ask("threshold 140", thread);
    expect(changed.headline).toBe("Watch Inflow, TH, by day > 140?");
    expect(changed.body.join("\n")).toContain("fired once in the last 60 days: on 17 Oct");
  });

  it("takes hours beside a count of open cases as the age of the oldest, and refuses a unit that cannot be meant", async () => {
    expect((await ask("alert me if backlog > 6h")).headline).toBe("Watch Oldest open case > 6\u00a0h?");
    const refused = await ask("alert me if overturn rate > 6h");
    expect(refused).toMatchObject({
      status: "refused",
      headline: "Overturn rate is not counted in that unit. Say it like “> 8 %”.",
    });
  });

  it("saves nothing when it is cancelled, and one watch however often it is saved", async () => {
    await ask("alert me if inflow in TH > 100", "no");
    expect((await ask("cancel", "no")).headline).toBe("Nothing was saved.");
    expect(await house.schedules()).toEqual([]);
    const card = await ask("alert me if inflow in TH > 100", "yes");
    for (const _ of [1, 2]) {
      said += 1;
      const question = card.next[0]?.question;
      if (question)
        await house.bot.respond({
          where: WHERE,
          thread: "yes",
          person: { id: "siti" },
          deliveries: [`c${said}`],
          act: { type: "choice", question },
        });
    }
    expect(await house.schedules()).toHaveLength(1);
  });
});

describe("a watch that stands", () => {
  it("speaks once when the level is passed, with number, since when and buttons, and is silent while nothing is new", async () => {
    await cases(60, "2026-11-05T08:30+07:00", 30);
    const watch = await saved("alert me if backlog in TH > 50 day and night");
    const note = await look(watch, "2026-11-05T09:05+07:00");
    expect(note?.title).toBe("Backlog · TH is at 60 (> 50)");
    expect(note?.lines[0]).toBe("Beyond the level since Thu 5 Nov, 09:00.");
    expect(note?.buttons.map(({ label }) => label)).toEqual(["Why?", "Mine", "Mute 24 h", "Mute a week"]);
    expect(note?.chart?.kind).toBe("line");
    expect(await look(watch, "2026-11-05T10:05+07:00")).toBeNull();
    expect((await ask("my watches")).body.join("\n")).toContain("beyond its level since Thu 5 Nov, 09:00");
  });

  it("says the same again when its run is carried out by another worker", async () => {
    const watch = await saved("alert me if backlog in TH > 51 day and night");
    const first = await look(watch, "2026-11-05T09:05+07:00");
    expect(await look(watch, "2026-11-05T09:05+07:00")).toEqual(first);
  });

  it("holds its tongue at night and while it is muted, and speaks in the morning if it still holds", async () => {
    const watch = await saved("alert me if backlog in TH > 52 quiet 8:00-10:00");
    expect(await look(watch, "2026-11-05T09:05+07:00")).toBeNull();
    expect((await look(watch, "2026-11-05T10:05+07:00"))?.lines[0]).toBe("Beyond the level since Thu 5 Nov, 09:00.");
    const muted = await saved("alert me if backlog in TH > 53 day and night");
    said += 1;
    const manage = { verb: "mute", id: muted.id, value: 60 } as const;
    const question = {
      kind: "schedule",
      metrics: [],
      by: [],
      filters: {},
      period: null,
      grain: "total",
      compare: null,
      options: { manage },
    } as const;
    await house.bot.respond({
      where: WHERE,
      thread: "m",
      person: { id: "budi" },
      deliveries: [`m${said}`],
      act: { type: "choice", question },
    });
    expect(await look(muted, "2026-11-05T10:05+07:00")).toBeNull();
  });

  it("does not judge an hour before its tables are complete, and judges it once they are", async () => {
    const watch = await saved("alert me if backlog in TH > 54 day and night");
    await database.writer.query(
      "update mart.watermarks set complete_through = '2026-11-05T08:00+07:00' where source = 'decisions'",
    );
    expect(await look(watch, "2026-11-05T09:05+07:00")).toBeNull();
    await database.writer.query("update mart.watermarks set complete_through = $1 where source = 'decisions'", [NOW]);
    expect(await look(watch, "2026-11-05T10:05+07:00")).not.toBeNull();
  });

  it("goes to a second channel once when nobody reacts for two hours, and not when somebody does", async () => {
    await database.writer.query("update mart.watermarks set complete_through = '2026-11-05T20:00+07:00'");
    const watch = await saved("alert me if backlog in TH > 55 day and night, escalate to #leads");
    const escalation = (await findSchedule(database.writer, `${watch.id}-e`)) as Schedule;
    expect(escalation).toMatchObject({ channel: "leads", channelName: "#leads" });
    expect(await look(watch, "2026-11-05T09:05+07:00")).not.toBeNull();
    expect(await look(escalation, "2026-11-05T10:35+07:00")).toBeNull();
    expect((await look(escalation, "2026-11-05T11:35+07:00"))?.title).toBe("Nobody has reacted: Backlog, TH > 55");
    expect(await look(escalation, "2026-11-05T12:35+07:00")).toBeNull();
    const noticed = await saved("alert me if backlog in TH > 56 day and night, escalate to #leads");
    expect(await look(noticed, "2026-11-05T09:05+07:00")).not.toBeNull();
    said += 1;
    const manage = { verb: "mine", id: noticed.id } as const;
    const question = {
      kind: "schedule",
      metrics: [],
      by: [],
      filters: {},
      period: null,
      grain: "total",
      compare: null,
      options: { manage },
    } as const;
    await house.bot.respond({
      where: WHERE,
      thread: "m2",
      person: { id: "budi" },
      deliveries: [`m${said}`],
      act: { type: "choice", question },
    });
    const second = (await findSchedule(database.writer, `${noticed.id}-e`)) as Schedule;
    expect(await look(second, "2026-11-05T12:35+07:00")).toBeNull();
  });

  it("says once that what it told is over, and not at night", async () => {
    await database.writer.query("update mart.watermarks set complete_through = '2026-11-06T20:00+07:00'");
    const [watch, sleeper] = [
      await saved("alert me if backlog in TH > 56 day and night"),
      await saved("alert me if backlog in TH > 57 quiet 15:00-16:00"),
    ];
    for (const one of [watch, sleeper])
      expect((await look(one, "2026-11-06T09:05+07:00"))?.title).toContain("is at 60");
    // All sixty are decided at half past two.
    const note = await look(watch, "2026-11-06T15:05+07:00");
    expect(note?.title).toBe("Backlog · TH is back at fewer than 10: > 56 is over");
    expect(note?.lines).toEqual(["It was beyond the level since Fri 6 Nov, 09:00."]);
    expect(await look(watch, "2026-11-06T16:05+07:00")).toBeNull();
    expect(await look(sleeper, "2026-11-06T15:05+07:00")).toBeNull();
  });

  it("that can no longer be judged says so once, and goes on by itself when its number is back", async () => {
    const watch = await saved("alert me if backlog in TH > 57 day and night");
    const { payload } = watch;
    const broken = { ...payload, question: { ...(payload.question as object), metrics: ["backlog_of_old"] } };
    await database.writer.query("update bot.schedules set payload = $2 where id = $1", [
      watch.id,
      JSON.stringify(broken),
    ]);
    expect((await look(watch, "2026-11-05T07:05+07:00"))?.title).toContain("I can no longer judge");
    expect(await look(watch, "2026-11-05T08:05+07:00")).toBeNull();
    await database.writer.query("update bot.schedules set payload = $2 where id = $1", [
      watch.id,
      JSON.stringify(payload),
    ]);
    expect((await look(watch, "2026-11-05T09:05+07:00"))?.title).toBe("Backlog · TH is at 60 (> 57)");
  });
});
