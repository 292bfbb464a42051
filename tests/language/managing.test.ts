import { describe, expect, it } from "vitest";
import { noClauses } from "../../src/language/managing.ts";
import { inferSaid, resolveAnew, saidAfter } from "../../src/language/said.ts";
import { advance, emptyThread, lastAnswered, lastSaid, type ThreadState } from "../../src/language/thread.ts";
import { catalog, NOW, reader } from "./catalog.ts";

const here = { now: NOW, zone: "Asia/Singapore" };
const managing = (text: string) => reader.read(text, here).managing;
const clauses = (text: string) => reader.read(text, here).clauses;

describe("words about schedules that are there", () => {
  it.each([
    ["my schedules", "list", "schedule", false],
    ["watches in this channel", "list", "watch", true],
    ["我的定时", "list", "schedule", false],
    ["jadwal saya", "list", "schedule", false],
    ["lịch của tôi", "list", "schedule", false],
    ["lich cua toi", "list", "schedule", false],
    ["การแจ้งเตือนของฉัน", "list", "watch", false],
    ["stop the overturn watch", "stop", "watch", false],
    ["pause my schedule", "pause", "schedule", false],
    ["暂停告警", "pause", "watch", false],
  ] as const)("%s", (text, verb, noun, isHere) => {
    expect(managing(text)).toEqual({ verb, noun, id: null, here: isHere });
  });

  it("name one by its id, in every language", () => {
    for (const text of [
      "pause s-0123456789",
      "暂停 s-0123456789",
      "jeda s-0123456789",
      "tạm dừng s-0123456789",
      "พัก s-0123456789",
    ])
      expect(managing(text)).toMatchObject({ verb: "pause", id: "s-0123456789" });
    expect(managing("hand over s-0123456789 to @siti")).toMatchObject({ verb: "hand_over", id: "s-0123456789" });
  });

  it("are nothing where the message is a question, a new schedule or a new watch", () => {
    for (const text of [
      "overturn rate by market",
      "show backlog alerts",
      "send tat every day 8am",
      "alert me if backlog > 500",
      "is that real",
      "stop",
    ])
      expect(managing(text)).toBeNull();
  });
});

describe("clauses of a new schedule or watch", () => {
  it("are cut out before the question is read, so that they change nothing in it", () => {
    const said = reader.read("send tat every day 8am skip weekends", here);
    expect(said.clauses).toMatchObject({ weekends: "skip", holidays: null });
    expect(said.question).toEqual(reader.read("send tat every day 8am", here).question);
    expect(clauses("kirim tat setiap hari jam 8 kecuali hari libur")).toMatchObject({ holidays: "skip" });
    expect(clauses("send tat every day 8am, mark holidays")).toMatchObject({ holidays: "mask", weekends: null });
    expect(clauses("每天早上8点发送积压 标注周末")).toMatchObject({ weekends: "mask" });
  });

  it("say quiet hours, cool-down, volume and who hears of it when nobody reacts", () => {
    expect(clauses("alert me if backlog > 500 quiet 22:00-07:00 at most once a day, escalate to #leads")).toEqual({
      ...noClauses,
      quiet: { from: 1320, to: 420 },
      coolDownMinutes: 1440,
      escalateTo: "#leads",
    });
    expect(clauses("alert me if backlog > 500 not between 10pm and 6am")).toMatchObject({
      quiet: { from: 1320, to: 360 },
    });
    expect(clauses("积压超过500提醒我 免打扰 22-7 样本至少 50")).toMatchObject({
      quiet: { from: 1320, to: 420 },
      volumeMin: 50,
    });
    expect(clauses("tell me when sla < 90% day and night")).toMatchObject({ quiet: "never" });
  });

  it("are words like all others beside any other question", () => {
    const plain = reader.read("overturn rate skip weekends", here);
    expect(plain.clauses).toBe(noClauses);
  });
});

describe("a channel to send to stands for the verb", () => {
  it("makes a schedule of a rhythm, and nothing of a question that only names a channel", () => {
    expect(reader.read("overturn rate by market every monday 9am to #ops", here).question).toMatchObject({
      kind: "schedule",
      options: { cron: "0 9 * * 1", to: "#ops" },
    });
    expect(reader.read("overturn rate by market to #ops", here).question.kind).toBe("metric");
  });
});

describe("the time of a question as it was said", () => {
  const talk = (...messages: readonly string[]): ThreadState =>
    messages.reduce<ThreadState>((state, text) => {
      const { question, window, comparison, zone, undone } = reader.read(text, { ...here, thread: state });
      return advance(state, question, { undone, said: { window, comparison, zone } });
    }, emptyThread);
  const later = (state: ThreadState, now: string) => {
    const question = lastAnswered(state);
    const said = lastSaid(state);
    if (!question || !said) throw new Error("nothing was said");
    return resolveAnew(question, said, { catalog, now: Date.parse(now), zone: here.zone });
  };
  const MONDAY = "2026-03-30T09:00+08:00";

  it("moves with the calendar: last week is the week before, also after follow-ups that leave it alone", () => {
    const asked = talk("overturn rate last week", "by market", "and in ID and VN?");
    expect(later(asked, MONDAY).period).toEqual({ from: "2026-03-23", to: "2026-03-30" });
    expect(later(talk("overturn rate last 14d vs last week"), MONDAY)).toMatchObject({
      period: { from: "2026-03-16", to: "2026-03-30" },
      compare: { from: "2026-03-09", to: "2026-03-23" },
    });
  });

  it("is kept apart from the default window, and stays where days were named", () => {
    expect(later(talk("overturn rate"), MONDAY).period).toEqual({ from: "2026-03-23", to: "2026-03-30" });
    expect(later(talk("overturn rate 3-9 mar 2026"), MONDAY).period).toEqual({ from: "2026-03-03", to: "2026-03-10" });
    expect(later(talk("backlog by queue"), MONDAY).options.at).toBe("2026-03-30T09:00+08:00");
  });

  it("comes back whole from a database that keeps the keys in another order", () => {
    const asked = talk("overturn rate last week");
    const question = lastAnswered(asked);
    if (!question?.period) throw new Error("no period");
    const kept = { ...question, period: { to: question.period.to, from: question.period.from } };
    const none = { window: null, comparison: null, zone: null };
    expect(
      saidAfter({ ...question, by: ["market"] }, none, { question: kept, said: lastSaid(asked) })?.window,
    ).toMatchObject({ kind: "unit", unit: "week" });
  });

  it("is inferred for a question that was clicked: words that give the same days today", () => {
    const question = reader.read("overturn rate last week vs the week before", here).question;
    const said = inferSaid(question, NOW, here.zone);
    expect(resolveAnew(question, said, { catalog, now: NOW, zone: here.zone })).toEqual(question);
    expect(resolveAnew(question, said, { catalog, now: Date.parse(MONDAY), zone: here.zone }).period).toEqual({
      from: "2026-03-23",
      to: "2026-03-30",
    });
  });
});
