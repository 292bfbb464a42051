import { forecastValues, sumOfSteps } from "../../insights/forecast/forecast-values.ts";
import type { HourWorth } from "../../insights/queueing/outlook.ts";
import type { QueueState } from "../../insights/queueing/simulate.ts";
import type { HourLoad, QueueLoad } from "../../queries/queue-load.ts";

const HOUR_MS = 3_600_000;
const HOURS_A_WEEK = 168;
/** A quarter of an hour. */
export const STEPS_PER_HOUR = 4;
const WEEKS_BACK = 4;
const CAPACITY_SPREAD = { least: 0.05, most: 0.5 } as const;

/** A queue made ready to be simulated, and what it was made of: the assumptions that an answer names. */
export interface PreparedQueue {
  readonly state: QueueState;
  readonly worth: HourWorth;
  /** Seconds a case, share of the hours on duty that is productive, chance to be late whatever the load. */
  readonly handleSeconds: number;
  readonly productiveShare: number;
  readonly lateness: number;
  /** Reviewer-hours that the expected cases and the open ones need, and those on duty. */
  readonly neededHours: number;
  readonly staffedHours: number;
  /** Hours whose roster is known rather than taken from the weeks before. */
  readonly plannedHours: number;
}

/** Null where nobody was on duty or no handling time is known: then the arithmetic has no ground. */
export function prepareQueue(load: QueueLoad, throughMs: number, hoursAhead: number): PreparedQueue | null {
  const past = gridOf(load.hours, throughMs);
  const recent = past.slice(-WEEKS_BACK * HOURS_A_WEEK);
  const staffed = sumOf(recent, ({ staffed }) => staffed);
  const { seconds } = load.handling;
  if (staffed === 0 || seconds === null || !(seconds > 0)) return null;
  const productiveShare = sumOf(recent, ({ productive }) => productive) / staffed;
  const casesPerHour = (productiveShare * 3_600) / seconds;
  const planned = new Map(load.hours.map((hour) => [hour.atMs, hour]));
  const ahead = hoursAheadOf(throughMs, hoursAhead);
  const roster = ahead.map((atMs, i) => {
    const known = planned.get(atMs);
    const isPlanned = atMs > throughMs && known !== undefined && known.staffed > 0;
    return { hours: isPlanned ? known.staffed : usual(past, i, ({ staffed }) => staffed), isPlanned };
  });
  const inflow = inflowAhead(past, ahead.length);
  const lateness = latenessOf(recent);
  const share = elapsedShare(throughMs);
  const perStep = (hourly: readonly number[]): number[] => stepsOf(hourly, share, hoursAhead);
  const needed = (load.open.length + sumOf(perStep(inflow.points), Number)) / casesPerHour;
  return {
    state: {
      open: load.open.map(({ dueMinutes, allowedMinutes }) => ({
        due: (dueMinutes / 60) * STEPS_PER_HOUR,
        lateness: latenessWith(dueMinutes / allowedMinutes, load.slack, lateness.mean),
      })),
      inflow: perStep(inflow.points),
      automated: Math.round(
        sumOf(perStep(ahead.map((_, i) => usual(past, i, ({ due, duePeople }) => due - duePeople))), Number),
      ),
      capacity: perStep(roster.map(({ hours }) => hours * casesPerHour)),
      servers: perStep(roster.map(({ hours }) => hours)).map((each) => each * STEPS_PER_HOUR),
      allowed: allowedOf(load),
      lateness,
      inflowSpread: inflow.spread,
      capacitySpread: capacitySpread(recent),
      doubt: { chance: rosterDoubt(recent, ahead), casesPerStep: casesPerHour / STEPS_PER_HOUR },
    },
    worth: { casesPerHour, stepsPerHour: STEPS_PER_HOUR },
    handleSeconds: seconds,
    productiveShare,
    lateness: lateness.mean,
    neededHours: needed,
    staffedHours: sumOf(perStep(roster.map(({ hours }) => hours)), Number),
    plannedHours: roster.filter(({ isPlanned }) => isPlanned).length,
  };
}

const sumOf = <T>(list: readonly T[], read: (item: T) => number): number =>
  list.reduce((sum, item) => sum + read(item), 0);

/** Every complete hour up to the watermark, empty ones too. */
function gridOf(hours: readonly HourLoad[], throughMs: number): HourLoad[] {
  const known = new Map(hours.map((hour) => [hour.atMs, hour]));
  const end = Math.floor(throughMs / HOUR_MS) * HOUR_MS;
  const start = Math.min(...hours.map(({ atMs }) => atMs), end);
  const nothing = { came: 0, people: 0, due: 0, duePeople: 0, latePeople: 0, staffed: 0, productive: 0 };
  return Array.from({ length: Math.round((end - start) / HOUR_MS) }, (_, i) => {
    const atMs = start + i * HOUR_MS;
    return known.get(atMs) ?? { atMs, ...nothing };
  });
}

/** From the hour that holds the watermark. */
function hoursAheadOf(throughMs: number, hours: number): number[] {
  const first = Math.floor(throughMs / HOUR_MS) * HOUR_MS;
  return Array.from({ length: Math.ceil(hours) + 1 }, (_, i) => first + i * HOUR_MS);
}

const elapsedShare = (throughMs: number): number => (throughMs % HOUR_MS) / HOUR_MS;

/** Hourly amounts cut into quarters from the watermark on. */
function stepsOf(hourly: readonly number[], elapsed: number, hours: number): number[] {
  const skipped = Math.floor(elapsed * STEPS_PER_HOUR);
  return Array.from({ length: Math.ceil(hours * STEPS_PER_HOUR) }, (_, i) => {
    const hour = Math.floor((i + skipped) / STEPS_PER_HOUR);
    return (hourly[hour] ?? 0) / STEPS_PER_HOUR;
  });
}

/** Mean of the same hour of the week over the last four weeks; `ahead` counts from the first hour after the grid. */
function usual(past: readonly HourLoad[], ahead: number, read: (hour: HourLoad) => number): number {
  const place = past.length + (ahead % HOURS_A_WEEK);
  const same = Array.from({ length: WEEKS_BACK }, (_, week) => past[place - (week + 1) * HOURS_A_WEEK]).filter(
    (hour) => hour !== undefined,
  );
  return same.length > 0 ? sumOf(same, read) / same.length : 0;
}

/** Cases for people by the hour, and how wrong their level may be: what the forecast's band holds beyond the chance of counts. */
function inflowAhead(past: readonly HourLoad[], hours: number): { points: number[]; spread: number } {
  const made = forecastValues({
    values: past.map(({ people }) => people),
    periods: [24, HOURS_A_WEEK],
    horizon: hours,
    range: { low: 0, high: Number.POSITIVE_INFINITY },
  });
  const points = made?.steps.map(({ point }) => point) ?? [];
  const sum = made ? sumOfSteps(made.steps, made.persistence) : null;
  if (!sum?.band80 || !(sum.point > 0)) return { points, spread: 0.3 };
  const deviation = (sum.band80.high - sum.point) / 1.2816;
  return { points, spread: Math.min(1, Math.sqrt(Math.max(0, deviation ** 2 - sum.point)) / sum.point) };
}

/** Late people's cases whatever the load: the share over four weeks, and its relative spread between days beyond chance. */
function latenessOf(recent: readonly HourLoad[]): { mean: number; spread: number } {
  const [late, due] = [sumOf(recent, ({ latePeople }) => latePeople), sumOf(recent, ({ duePeople }) => duePeople)];
  const mean = (late + 0.5) / (due + 1);
  let [excess, squares] = [0, 0];
  for (let i = 0; i + 24 <= recent.length; i += 24) {
    const day = recent.slice(i, i + 24);
    const expected = mean * sumOf(day, ({ duePeople }) => duePeople);
    excess += (sumOf(day, ({ latePeople }) => latePeople) - expected) ** 2 - expected;
    squares += expected ** 2;
  }
  return { mean, spread: squares > 0 ? Math.min(1, Math.sqrt(Math.max(0, excess / squares))) : 0.3 };
}

/** Of cases still open with so much of their time left, those that end late. */
function latenessWith(left: number, slack: QueueLoad["slack"], usualLateness: number): number {
  if (left <= 0) return 1;
  const late = sumOf(slack, ({ twentieth, cases }) => (twentieth < 0 ? cases : 0));
  const open = sumOf(slack, ({ twentieth, cases }) => (twentieth < 20 * left ? cases : 0));
  return Math.min(1, (late + usualLateness) / (open + 1));
}

function allowedOf({ allowed }: QueueLoad): QueueState["allowed"] {
  const total = sumOf(allowed, ({ cases }) => cases);
  if (total === 0) return [{ steps: 24 * STEPS_PER_HOUR, share: 1 }];
  return allowed.map(({ minutes, cases }) => ({ steps: (minutes / 60) * STEPS_PER_HOUR, share: cases / total }));
}

/**
 * How often an empty place in a roster made from other weeks is not empty: of the last four weeks' stretches at the same time of day as the one
 * ahead with hours in which the other three weeks had nobody on duty, the share with somebody in such an hour. Half a stretch is added to
 * either side.
 */
function rosterDoubt(recent: readonly HourLoad[], ahead: readonly number[]): number {
  const [first = 0] = ahead;
  const stretches = new Map<number, boolean>();
  recent.forEach(({ atMs, staffed }, i) => {
    const hours = (atMs - first) / HOUR_MS;
    const day = Math.floor(hours / 24);
    const others = Array.from(
      { length: WEEKS_BACK - 1 },
      (_, k) => recent[(i + (k + 1) * HOURS_A_WEEK) % recent.length],
    );
    if (hours - 24 * day >= ahead.length || others.some((hour) => (hour?.staffed ?? 0) > 0)) return;
    stretches.set(day, (stretches.get(day) ?? false) || staffed > 0);
  });
  return ([...stretches.values()].filter(Boolean).length + 0.5) / (stretches.size + 1);
}

/** How days' productive hours scatter around those of the same weekday. */
function capacitySpread(recent: readonly HourLoad[]): number {
  const days = Array.from({ length: Math.floor(recent.length / 24) }, (_, day) =>
    sumOf(recent.slice(24 * day, 24 * day + 24), ({ productive }) => productive),
  );
  const ratios = days.flatMap((own, day) => {
    const same = days.filter((_, other) => other % 7 === day % 7);
    const mean = sumOf(same, Number) / same.length;
    return mean > 0 && same.length > 1 ? [(own / mean - 1) * Math.sqrt(same.length / (same.length - 1))] : [];
  });
  const rms = ratios.length > 0 ? Math.sqrt(sumOf(ratios, (ratio) => ratio * ratio) / ratios.length) : 0.2;
  return Math.min(CAPACITY_SPREAD.most, Math.max(CAPACITY_SPREAD.least, rms));
}
