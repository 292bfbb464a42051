import { describe, expect, it } from "vitest";
import { type Occasion, occasionsOf } from "../../../src/insights/calendar/feasts.ts";
import { sumOfSteps } from "../../../src/insights/forecast/forecast-values.ts";
import { occasionProfile } from "../../../src/insights/forecast/occasions.ts";

const DAY = 86_400_000;
const days = (from: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => new Date(Date.parse(from) + i * DAY).toISOString().slice(0, 10));
/** A week that repeats, with a little that does not. */
const usual = (i: number): number => 100 + 10 * (i % 7) + 3 * Math.sin(i * 1.7);

describe("calendars", () => {
  it("know the feasts as they were announced", () => {
    const named = (country: string, year: string, name: RegExp) =>
      occasionsOf(country, `${year}-01-01`, `${year}-12-31`).find((one) => name.test(one.name))?.from;
    expect(named("SG", "2026", /Chinese New Year|Lunar/)).toBe("2026-02-17");
    expect(named("SG", "2025", /Chinese New Year|Lunar/)).toBe("2025-01-29");
    expect(named("TH", "2026", /Songkran/)).toBe("2026-04-13");
    expect(named("ID", "2025", /^Ramadan$/)).toBe("2025-03-01");
    expect(named("US", "2026", /Black Friday/)).toBe("2026-11-27");
  });

  it("join the days of one feast, and know sale days everywhere", () => {
    const songkran = occasionsOf("TH", "2026-04-01", "2026-05-01").find(({ name }) => /Songkran/.test(name));
    expect(songkran).toMatchObject({ from: "2026-04-13", to: "2026-04-16" });
    expect(occasionsOf(null, "2026-11-01", "2026-11-12").map(({ name }) => name)).toEqual(["11.11"]);
  });
});

describe("what occasions do", () => {
  const campaign = (day: string): Occasion => ({
    name: "3.3 campaign",
    kind: "campaign",
    from: day,
    to: new Date(Date.parse(day) + DAY).toISOString().slice(0, 10),
    planned: true,
  });
  const past = days("2025-01-06", 400);
  const values = past.map((day, i) => usual(i) * (day === "2025-03-03" ? 1.8 : 1));

  it("is learned from the year before and foretold for the same name", () => {
    const ahead = days("2026-02-10", 30);
    const profile = occasionProfile(values, past, ahead, [campaign("2025-03-03"), campaign("2026-03-03")]);
    expect(profile.ahead[ahead.indexOf("2026-03-03")]).toBeCloseTo(1.8, 1);
    expect(profile.known.map(({ occasion }) => occasion.from)).toEqual(["2026-03-03"]);
    expect(profile.ahead[0]).toBe(1);
  });

  it("is nothing where the day was like any other", () => {
    const profile = occasionProfile(values, past, days("2026-05-01", 10), [
      campaign("2025-05-05"),
      campaign("2026-05-05"),
    ]);
    expect(profile.known).toEqual([]);
  });

  it("is half its kind's for a planned one that never was before, and nothing for one only the calendar knows", () => {
    const other: Occasion = { ...campaign("2026-02-20"), name: "Spring sale" };
    const at = (occasion: Occasion) =>
      occasionProfile(values, past, ["2026-02-20"], [campaign("2025-03-03"), occasion]).ahead[0];
    expect(at(other)).toBeCloseTo(Math.sqrt(1.8), 1);
    expect(at({ ...other, planned: false })).toBe(1);
  });
});

describe("sums of steps", () => {
  const step = { point: 100, band80: { low: 90, high: 110 }, band95: { low: 80, high: 120 } };
  it("widen by the root where errors forget themselves, and by the whole where they persist", () => {
    const four = [step, step, step, step];
    expect(sumOfSteps(four, 0).band80).toEqual({ low: 380, high: 420 });
    expect(sumOfSteps(four, 1).band95).toEqual({ low: 320, high: 480 });
  });
});
