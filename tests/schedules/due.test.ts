import { describe, expect, it } from "vitest";
import { due, next } from "../../src/schedules/due.ts";
import { parseWhen, type When } from "../../src/schedules/when.ts";

const whenOf = (cron: string): When => {
  const when = parseWhen(cron);
  if (!when) throw new Error(`no cron: ${cron}`);
  return when;
};
const slots = (cron: string, zone: string, from: string, to: string): string[] =>
  due(whenOf(cron), zone, Date.parse(to), Date.parse(from)).map(
    ({ slot, at }) => `${slot} ${new Date(at).toISOString().slice(0, 16)}Z`,
  );

describe("when a schedule is due", () => {
  it("a daily one at nine in Bangkok is due once a day at two in UTC", () => {
    expect(slots("0 9 * * *", "Asia/Bangkok", "2026-03-17T00:00Z", "2026-03-19T02:00Z")).toEqual([
      "2026-03-17 2026-03-17T02:00Z",
      "2026-03-18 2026-03-18T02:00Z",
      "2026-03-19 2026-03-19T02:00Z",
    ]);
  });
  it("is not due a minute early, and not again at the very moment at which it was", () => {
    expect(slots("0 9 * * *", "Asia/Bangkok", "2026-03-16T02:00Z", "2026-03-17T01:59:59.999Z")).toEqual([]);
    expect(slots("0 9 * * *", "Asia/Bangkok", "2026-03-17T02:00Z", "2026-03-17T02:00Z")).toEqual([]);
  });
  it("a time that the clocks jump over is the first minute after the gap", () => {
    expect(slots("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", "2026-03-29T12:00Z")).toEqual([
      "2026-03-29 2026-03-29T01:00Z",
    ]);
  });
  it("a time that strikes twice is the first one, and the day has no second", () => {
    expect(slots("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", "2026-10-26T00:00Z")).toEqual([
      "2026-10-25 2026-10-25T00:30Z",
    ]);
  });
  it("an hourly one leaves out the hour that is not there and strikes the doubled hour once", () => {
    const spring = slots("0 * * * *", "Europe/Berlin", "2026-03-29T00:30Z", "2026-03-29T03:00Z");
    expect(spring.map((slot) => slot.slice(11, 13))).toEqual(["03", "04", "05"]);
    const autumn = slots("0 * * * *", "Europe/Berlin", "2026-10-24T23:30Z", "2026-10-25T02:00Z");
    expect(autumn).toEqual(["2026-10-25T02 2026-10-25T00:00Z", "2026-10-25T03 2026-10-25T02:00Z"]);
  });
  it("a gap of half an hour moves an hourly slot to the half hour", () => {
    expect(slots("0 * * * *", "Australia/Lord_Howe", "2026-10-03T15:00Z", "2026-10-03T15:45Z")).toEqual([
      "2026-10-04T02 2026-10-03T15:30Z",
    ]);
  });
  it("weekdays are those of the zone, not of UTC", () => {
    expect(slots("30 0 * * 1", "Asia/Singapore", "2026-03-14T00:00Z", "2026-03-20T00:00Z")).toEqual([
      "2026-03-16 2026-03-15T16:30Z",
    ]);
  });
  it("the 31st of a short month is its last day", () => {
    expect(
      slots("0 9 31 * *", "UTC", "2026-01-01T00:00Z", "2026-06-30T23:00Z").map((slot) => slot.slice(0, 10)),
    ).toEqual(["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"]);
  });
  it("every second day keeps its rhythm over a month's end", () => {
    const days = slots("0 9 */2 * *", "UTC", "2026-01-28T00:00Z", "2026-02-05T00:00Z").map((slot) => slot.slice(0, 10));
    expect(days).toEqual(["2026-01-29", "2026-01-31", "2026-02-02", "2026-02-04"]);
  });
  it("a day that a zone left out has no slot", () => {
    expect(
      slots("0 9 * * *", "Pacific/Apia", "2011-12-29T00:00Z", "2011-12-31T00:00Z").map((slot) => slot.slice(0, 10)),
    ).toEqual(["2011-12-29", "2011-12-31"]);
  });
  it("says its next three runs, over the change of the clocks", () => {
    const found = next(whenOf("0 9 * * 1-5"), "America/New_York", Date.parse("2026-03-06T14:00Z"), 3);
    expect(found.map(({ at }) => new Date(at).toISOString())).toEqual([
      "2026-03-09T13:00:00.000Z",
      "2026-03-10T13:00:00.000Z",
      "2026-03-11T13:00:00.000Z",
    ]);
  });
  it("29 February waits for its leap year no longer than its month's last day", () => {
    const found = next(whenOf("0 9 29 2 *"), "UTC", Date.parse("2026-03-01T00:00Z"), 2);
    expect(found.map(({ day }) => day)).toEqual(["2027-02-28", "2028-02-29"]);
  });
});

describe("cron lines", () => {
  it.each([
    "0 9 * *",
    "60 9 * * *",
    "*/5 9 * * *",
    "0 24 * * *",
    "0 9 0 * *",
    "0 9 1 * 1",
    "0 9 * * mon",
    "0 9 5-2 * *",
  ])("%s is none that is understood", (cron) => {
    expect(parseWhen(cron)).toBeNull();
  });
  it("Sunday is 0 and 7", () => {
    expect(parseWhen("0 9 * * 7")).toEqual(parseWhen("0 9 * * 0"));
  });
});
