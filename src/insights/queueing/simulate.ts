import { binomial, normal, poisson, seeded } from "./random.ts";

/** A queue as it stands and what is expected of it. Steps are of equal length; arrays are per step ahead. */
export interface QueueState {
  /** Steps until each open case is due, at most 0 = past due; and its chance to be late for other reasons than the load. */
  readonly open: readonly { readonly due: number; readonly lateness: number }[];
  /** Cases that come and need a person. */
  readonly inflow: readonly number[];
  /** Cases due that the model decides in time, over the whole time until `dueWithin`. */
  readonly automated: number;
  /** Cases that those on duty can decide. */
  readonly capacity: readonly number[];
  /** People on duty: fewer cases than people leave some idle. */
  readonly servers: readonly number[];
  /** Steps from arrival until due, with their shares. */
  readonly allowed: readonly { readonly steps: number; readonly share: number }[];
  /** Chance of a new case to be late for other reasons than the load, and how it varies between days: relative standard deviation. */
  readonly lateness: { readonly mean: number; readonly spread: number };
  /** How wrong the levels of inflow and capacity may be: relative standard deviations that hold on through a path. */
  readonly inflowSpread: number;
  readonly capacitySpread: number;
  /** How far the roster is to be believed where it has less than one person on duty; absent = wholly. */
  readonly doubt?: RosterDoubt;
}

/** With this chance a path has at least one person on duty in each of its steps, who decides so many cases a step. */
export interface RosterDoubt {
  readonly chance: number;
  readonly casesPerStep: number;
}

/** Reviewer-hours added: cases a step more, from now, for so many steps. */
export interface Extra {
  readonly casesPerStep: number;
  readonly servers: number;
  readonly steps: number;
}
export const NO_EXTRA: Extra = { casesPerStep: 0, servers: 0, steps: 0 };

export interface Path {
  /** Cases due until `dueWithin`, the model's included, and those of them that are late. */
  readonly due: number;
  readonly late: number;
  /** Open at the end of each step. */
  readonly backlog: Float64Array;
}

export interface Simulation {
  readonly paths: number;
  readonly seed: number;
  /** Steps within which a due case counts. */
  readonly dueWithin: number;
}

/**
 * Paths of a queue served in the order of due times: arrivals Poisson around a level that is itself uncertain, completions Poisson with rate
 * capacity · min(1, cases / people), so that constant rates and short steps are M/M/c. What is still open when it falls due is late; of the
 * others each is late with the chance that cases had before, whatever the load. Equal seeds give equal luck, so that plans can be compared.
 * Sources: Gross, Shortle, Thompson & Harris (2008), ch. 2 (M/M/c); Panwar & Towsley (1988) on earliest due date first.
 */
export function simulateQueue(queue: QueueState, extra: Extra, { paths, seed, dueWithin }: Simulation): Path[] {
  return Array.from({ length: paths }, (_, index) => onePath(queue, extra, dueWithin, seeded(seed + 7919 * index)));
}

/** Fields of one path's luck, drawn before the steps so that another plan meets the same. */
function onePath(queue: QueueState, extra: Extra, dueWithin: number, next: () => number): Path {
  const inflowLevel = levelOf(next, queue.inflowSpread);
  const capacityLevel = levelOf(next, queue.capacitySpread);
  const latenessLevel = levelOf(next, queue.lateness.spread);
  const [arriving, serving, luck] = [seeded(next() * 2 ** 32), seeded(next() * 2 ** 32), seeded(next() * 2 ** 32)];
  const least = queue.doubt && next() < queue.doubt.chance ? queue.doubt.casesPerStep : 0;
  const steps = queue.inflow.length;
  const waiting = waitingOf(queue, steps);
  const backlog = new Float64Array(steps);
  let open = queue.open.length;
  let [peopleDue, overdue] = [dueAmong(queue, dueWithin), 0];
  for (let t = 0; t < steps; t++) {
    const came = poisson(arriving, (queue.inflow[t] ?? 0) * inflowLevel);
    for (let i = 0; i < came; i++) {
      const due = Math.min(steps + 1, t + allowedOf(queue, arriving()));
      waiting[due] = (waiting[due] ?? 0) + 1;
      if (due <= dueWithin) peopleDue++;
    }
    open += came;
    const added = t < extra.steps ? extra : NO_EXTRA;
    const onDuty = Math.max(queue.servers[t] ?? 0, least > 0 ? 1 : 0);
    const capacity = Math.max((queue.capacity[t] ?? 0) * capacityLevel, least);
    const servers = Math.max(onDuty + added.servers, 1e-9);
    const rate = (capacity + added.casesPerStep) * Math.min(1, open / servers);
    open -= serve(waiting, t + 1, Math.min(open, poisson(serving, rate)));
    backlog[t] = open;
    if (t + 1 <= dueWithin) overdue += waiting[t + 1] ?? 0;
    waiting[0] = (waiting[0] ?? 0) + (waiting[t + 1] ?? 0);
    waiting[t + 1] = 0;
  }
  const other = otherLate(queue, latenessLevel, dueWithin, Math.max(0, peopleDue - overdue), peopleDue, luck);
  return { due: peopleDue + queue.automated, late: overdue + other, backlog };
}

/** A factor with mean about 1. */
const levelOf = (next: () => number, spread: number): number => Math.exp(spread * normal(next) - spread ** 2 / 2);

/** Open cases by the step in which they are due; 0 = past due, the last place = later than is looked at. */
function waitingOf({ open }: QueueState, steps: number): Float64Array {
  const waiting = new Float64Array(steps + 2);
  for (const { due } of open) {
    const place = Math.min(steps + 1, Math.max(0, Math.ceil(due)));
    waiting[place] = (waiting[place] ?? 0) + 1;
  }
  return waiting;
}

const dueAmong = ({ open }: QueueState, within: number): number =>
  open.filter(({ due }) => Math.ceil(due) > 0 && Math.ceil(due) <= within).length;

function allowedOf({ allowed }: QueueState, u: number): number {
  let sum = 0;
  for (const { steps, share } of allowed) {
    sum += share;
    if (u < sum) return Math.max(1, Math.ceil(steps));
  }
  return Math.max(1, Math.ceil(allowed.at(-1)?.steps ?? 1));
}

/** Takes so many cases, the earliest due first: those past due, then those from place `first` on. */
function serve(waiting: Float64Array, first: number, count: number): number {
  let left = count;
  for (let place = 0; left > 0 && place < waiting.length; place = place === 0 ? first : place + 1) {
    const taken = Math.min(left, waiting[place] ?? 0);
    waiting[place] = (waiting[place] ?? 0) - taken;
    left -= taken;
  }
  return count - left;
}

/** Late for other reasons than the load, among those that the load does not make late. */
function otherLate(
  queue: QueueState,
  level: number,
  within: number,
  spared: number,
  people: number,
  luck: () => number,
): number {
  if (people === 0) return 0;
  let [fromOpen, openDue] = [0, 0];
  for (const { due, lateness } of queue.open) {
    if (Math.ceil(due) <= 0 || Math.ceil(due) > within) continue;
    openDue++;
    if (luck() < Math.min(1, lateness * level)) fromOpen++;
  }
  const fromNew = binomial(luck, people - openDue, Math.min(1, queue.lateness.mean * level));
  return Math.round(((fromOpen + fromNew) * spared) / people);
}
