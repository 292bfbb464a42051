import { describe, expect, it } from "vitest";
import { movingHoliday } from "../../../bench/insights/moving-holidays.ts";

/** Dates as the observatories of Hong Kong and Umm al-Qura publish them. */
describe("moving holidays", () => {
  it.each([
    ["2024-02-10", "lunar new year 1"],
    ["2025-01-29", "lunar new year 1"],
    ["2026-02-17", "lunar new year 1"],
    ["2026-02-16", "lunar new year's eve"],
    ["2024-03-11", "start of Ramadan"],
    ["2025-03-01", "start of Ramadan"],
    ["2026-02-18", "lunar new year 2"],
    ["2026-11-11", "11.11"],
    ["2026-05-05", null],
  ])("%s is %s", (day, label) => expect(movingHoliday(day)).toBe(label));
});
