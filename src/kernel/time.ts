import type { Period } from "./question.ts";

const MS_PER_DAY = 86_400_000;

/**
 * Shifts both ends of a period by whole days. Days stay days; an end to the minute keeps its clock and its offset, which is exact
 * except over a change of daylight-saving time within the shift.
 */
export const shiftPeriod = (period: Period, days: number): Period => ({
  from: shiftEnd(period.from, days),
  to: shiftEnd(period.to, days),
});

function shiftEnd(end: string, days: number): string {
  const date = new Date(Date.parse(`${end.slice(0, 10)}T00:00Z`) + days * MS_PER_DAY).toISOString().slice(0, 10);
  return date + end.slice(10);
}
