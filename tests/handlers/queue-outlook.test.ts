import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../../src/chat/answer.ts";
import { prepareQueue } from "../../src/handlers/queue/state.ts";
import type { HourLoad, QueueLoad } from "../../src/queries/queue-load.ts";
import { demoCore } from "../support/core.ts";

let core: Awaited<ReturnType<typeof demoCore>>;
beforeAll(async () => {
  core = await demoCore();
});
afterAll(() => core.close());

async function ask(text: string): Promise<Answer> {
  const reply = await core.bot.respond({
    where: { platform: "terminal", tenant: "local", channel: "queues" },
    thread: randomUUID(),
    person: { id: "u", zone: "Asia/Singapore" },
    deliveries: [randomUUID()],
    act: { type: "words", text, spokenTo: true },
  });
  if (reply.type !== "answer") throw new Error(reply.type);
  return reply.answer;
}

describe("will we breach, and when is it clear", () => {
  it.each([
    [
      "will we breach sla in product ID tonight",
      /^ID · product until 18 Mar 2026, 00:00: chance of an SLA breach [<>\d]/,
    ],
    ["印尼商品今晚会超时吗", /^ID · product，到 2026年3月18日 00:00：SLA 违约概率/],
    ["apakah kita akan melanggar sla di product ID malam ini", /^ID · product sampai 18 Mar 2026, 00.00: peluang SLA/],
    ["tối nay product ID có trễ sla không", /^ID · product đến 00:00 18 thg 3, 2026: xác suất vỡ SLA/],
    ["คืนนี้ product ID จะหลุด sla ไหม", /^ID · product ถึง 18 มี.ค. 2026( เวลา)?,? 00:00: โอกาสหลุด SLA/],
  ])("answers “%s” with a chance, and names what it assumes", async (text, headline) => {
    const answer = await ask(text);
    expect(answer.headline).toMatch(headline);
    expect(answer.caveats.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["assumed_order", "assumed_roster", "assumed_handling", "assumed_lateness"]),
    );
    const [row] = answer.table.rows;
    expect(row?.[0]).toBeGreaterThanOrEqual(0);
    expect(row?.[0]).toBeLessThanOrEqual(1);
    expect(answer.next.length).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ["when do we clear the backlog if i add 12 people 6h", /people more for 6 h/],
    ["加12人6小时，积压什么时候清完", /增加 12 人 6 小时/],
    ["kapan antrian habis kalau tambah 12 orang 6 jam", /tambahan 12 orang selama 6 jam/],
    ["khi nào xử lý hết tồn đọng nếu thêm 12 người 6 giờ", /thêm 12 người trong 6 giờ/],
    ["งานค้างจะเคลียร์หมดเมื่อไหร่ถ้าเพิ่ม 12 คน 6 ชั่วโมง", /เพิ่ม 12 คน 6 ชั่วโมง/],
  ])("answers “%s” with a time and its range, and what it would be without", async (text, words) => {
    const answer = await ask(text);
    expect(answer.headline).toMatch(words);
    expect(answer.headline).toContain("80 %");
    const [asked, roster] = answer.table.rows;
    expect(Date.parse(String(asked?.[1]))).toBeLessThanOrEqual(Date.parse(String(roster?.[1] ?? "2100-01-01")));
    expect(answer.findings.map(({ code }) => code)).toContain("without");
    expect(answer.charts[0]?.kind).toBe("line");
  });

  it("says which split it cannot take", async () => {
    const answer = await ask("will we breach sla in high severity ID tonight");
    expect(answer.code).toBe("dimension_not_of_metric");
  });
});

const HOUR_MS = 3_600_000;
const through = Date.parse("2026-03-17T10:00Z");

/** Five weeks of hours alike: 8 cases an hour for people, 2 reviewers on duty. */
const alike: QueueLoad = {
  open: [{ dueMinutes: 30, allowedMinutes: 120 }],
  hours: Array.from(
    { length: 35 * 24 },
    (_, i): HourLoad => ({
      atMs: through - (35 * 24 - i) * HOUR_MS,
      came: 10,
      people: 8,
      due: 10,
      duePeople: 8,
      latePeople: 0,
      staffed: 2,
      productive: 1.6,
    }),
  ),
  allowed: [{ minutes: 120, cases: 100 }],
  slack: [{ twentieth: 15, cases: 100 }],
  handling: { seconds: 360, decisions: 1_000 },
  sql: [],
};

describe("a queue made ready", () => {
  it("has the capacity of hours × productive share ÷ handling time, by hand 2 × 0.8 × 10 = 16 an hour", () => {
    const made = prepareQueue(alike, through, 6);
    expect(made?.state.capacity).toHaveLength(24);
    for (const each of made?.state.capacity ?? []) expect(each).toBeCloseTo(4, 6);
    for (const each of made?.state.inflow ?? []) expect(each).toBeCloseTo(2, 1);
    expect(made?.worth.casesPerHour).toBeCloseTo(8, 6);
    expect(made?.state.automated).toBe(12);
    expect(made?.staffedHours).toBeCloseTo(12, 6);
  });

  it("follows a planned roster where there is one", () => {
    const planned = { ...alike.hours[0], atMs: through + HOUR_MS, staffed: 10 } as HourLoad;
    const made = prepareQueue({ ...alike, hours: [...alike.hours, planned] }, through, 6);
    expect(made?.state.capacity.slice(3, 9).map(Math.round)).toEqual([4, 20, 20, 20, 20, 4]);
    expect(made?.plannedHours).toBe(1);
  });

  it("doubts an empty place in the roster as often as weeks differ, and a steady roster hardly", () => {
    const at = (of: (i: number) => number) => ({ ...alike, hours: alike.hours.map((hour, i) => ({ ...hour, staffed: of(i) })) });
    const chance = (load: QueueLoad): number => prepareQueue(load, through, 6)?.state.doubt?.chance ?? Number.NaN;
    const office = (i: number): number => ((i + 10) % 24 < 8 ? 2 : 0);
    expect(chance(at(office))).toBeLessThan(0.03);
    // On every ninth day somebody is there all day, where the other weeks have nobody.
    expect(chance(at((i) => (Math.floor(i / 24) % 9 === 0 ? 2 : 0)))).toBeGreaterThan(0.05);
  }); // biome-ignore format: short

  it("says nothing where nobody was on duty", () => {
    const nobody = alike.hours.map((hour) => ({ ...hour, staffed: 0, productive: 0 }));
    expect(prepareQueue({ ...alike, hours: nobody }, through, 6)).toBeNull();
  });
});
