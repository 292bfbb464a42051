/**
 * Daily counts of four years with a weekly pattern, closed or busy on national holidays (date-holidays, Spain) and lunar and Islamic festivals:
 * alarms with and without the calendar. Seeded; no real series with holidays is part of the project.
 */
import Holidays from "date-holidays";
import type { ScanSeries } from "../../src/insights/detect/scan.ts";
import { tracksOf } from "../../src/insights/detect/tracks.ts";
import { movingHoliday } from "./moving-holidays.ts";
import { randomOf } from "./random.ts";
import { goal, report, writeTable } from "./report.ts";

const DAYS = 4 * 365;
const ALARM_SCORE = 5;

const dated = Array.from({ length: DAYS }, (_, i) =>
  new Date(Date.UTC(2023, 0, 1) + i * 86_400_000).toISOString().slice(0, 10),
);
const national = new Holidays("ES");
const calendar = dated.map((day) => {
  const named = national.isHoliday(new Date(`${day}T12:00:00Z`));
  return (named ? named[0]?.rule : undefined) ?? movingHoliday(day);
});
const world = counts(29);
const without = alarmsOf(world.map((series) => ({ ...series, calendar: dated.map(() => null) })));
const withCalendar = alarmsOf(world);
const removed = 1 - withCalendar.holiday / without.holiday;
goal("holiday alarms removed", removed, removed >= 0.85);
writeTable(
  "holidays",
  [
    "| calendar | alarms | of them on holidays |",
    "|---|---|---|",
    `| ignored | ${without.all} | ${without.holiday} |`,
    `| **modstats: Sunday or weekday × learned ratio** | ${withCalendar.all} | ${withCalendar.holiday} (−${Math.round(100 * removed)} %) |`,
  ].join("\n"),
);
report();

/** Alarms of the last two years. */
function alarmsOf(series: readonly ScanSeries[]): { all: number; holiday: number } {
  let [all, holiday] = [0, 0];
  for (const { track } of tracksOf(series, DAYS - 1))
    for (let t = DAYS / 2; t < DAYS; t++) {
      if (!(Math.abs(track.score[t] ?? 0) > ALARM_SCORE)) continue;
      all += 1;
      if (calendar[t] !== null) holiday += 1;
    }
  return { all, holiday };
}

/** Twelve series of 300 to 30,000 a day; a holiday is like the Sunday times a factor of its own label (sd 0.35) with 6 % noise a year. */
function counts(seed: number): ScanSeries[] {
  const random = randomOf(seed);
  const labels = [...new Set(calendar.filter((label) => label !== null))];
  return Array.from({ length: 12 }, (_, i) => {
    const level = 300 * 100 ** random.uniform();
    const week = [0.55, 1, 1.05, 1.05, 1.05, 1.1, 0.75].map((factor) => factor * Math.exp(0.05 * random.normal()));
    const factors = new Map(labels.map((label) => [label, Math.exp(0.35 * random.normal())]));
    let drift = 0;
    const values = dated.map((day, t) => {
      drift = 0.99 * drift + 0.01 * random.normal();
      const weekday = new Date(`${day}T12:00:00Z`).getUTCDay();
      const label = calendar[t] ?? null;
      const usual = week[label === null ? weekday : 0] ?? 1;
      const own = label === null ? 1 : (factors.get(label) ?? 1) * Math.exp(0.06 * random.normal());
      return random.poisson(level * usual * own * Math.exp(drift + 0.03 * random.heavy()));
    });
    return {
      id: `series ${i}`,
      parent: null,
      kind: "count",
      days: dated,
      values,
      denominators: null,
      masked: dated.map(() => false),
      calendar,
    };
  });
}
