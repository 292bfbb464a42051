import { expect, test } from "vitest";
import { dayIn, dayStart, daysBetween } from "../../../src/handlers/scan/days.ts";
import { silences } from "../../../src/handlers/scan/gaps.ts";

const HOUR = 3_600_000;
/** Four weeks and a day of hours with `n` rows each, and what `change` makes of them. */
const hours = (n: number, change: (index: number) => number | null) =>
  Array.from({ length: 29 * 24 }, (_, index) => ({
    at: Date.UTC(2026, 1, 1) + index * HOUR,
    clock: String(index % 24).padStart(2, "0"),
    n: change(index) ?? n,
  }));

test("nine hours without a row where three hundred were due are a gap, to the hour", () => {
  const from = 28 * 24 + 2;
  const [gap, ...others] = silences(hours(30, (index) => (index >= from && index < from + 9 ? 0 : null)));
  expect(others).toEqual([]);
  expect(gap).toEqual({ from: Date.UTC(2026, 2, 1, 2), to: Date.UTC(2026, 2, 1, 11), expected: 270 });
});

test("a quiet desk's empty hours are none, nor is a single hour, nor a half of the rows", () => {
  expect(silences(hours(1, (index) => (index > 28 * 24 + 2 && index < 28 * 24 + 9 ? 0 : null)))).toEqual([]);
  expect(silences(hours(30, (index) => (index === 28 * 24 + 2 ? 0 : null)))).toEqual([]);
  expect(silences(hours(30, (index) => (index > 28 * 24 ? 15 : null)))).toEqual([]);
});

test("hours before the first row are no gap: nothing was there yet", () => {
  expect(silences(hours(30, (index) => (index < 200 ? 0 : null)))).toEqual([]);
});

test("days begin at local midnight, also on the days on which the clocks change", () => {
  expect(new Date(dayStart("2026-03-09", "America/Los_Angeles")).toISOString()).toBe("2026-03-09T07:00:00.000Z");
  expect(new Date(dayStart("2026-03-08", "America/Los_Angeles")).toISOString()).toBe("2026-03-08T08:00:00.000Z");
  expect(dayIn(Date.parse("2026-03-09T06:59Z"), "America/Los_Angeles")).toBe("2026-03-08");
  expect(daysBetween("2026-03-28", "2026-04-02")).toBe(5);
});
