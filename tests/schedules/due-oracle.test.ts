import { describe, expect, it } from "vitest";
import { compareZone } from "./compare-zone.ts";
import { ZONES } from "./oracle.ts";

/** Zones with a rule of their own, so that the sample misses no kind: half hours, a gap at midnight, Ramadan, moves over the date line. */
const SPECIAL = [
  "Australia/Lord_Howe", "Africa/Casablanca", "Africa/El_Aaiun", "America/Nuuk", "America/Scoresbysund", "Asia/Beirut",
  "Africa/Cairo", "America/Asuncion", "America/Havana", "America/Santiago", "Asia/Gaza", "Pacific/Easter", "Antarctica/Troll",
  "America/St_Johns", "Asia/Almaty", "Pacific/Chatham",
]; // biome-ignore format: one list
const sample = [...new Set([...SPECIAL, ...ZONES.filter((_, place) => place % 100 === 0)])];

describe("a daily schedule, against a walk through every minute around every change of the clocks in 2025", () => {
  it.each(sample)("%s: every half hour strikes when the walk says, once a day", (zone) => {
    const { checked, wrong } = compareZone(zone, 2025, 2026);
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(0);
  });
});
