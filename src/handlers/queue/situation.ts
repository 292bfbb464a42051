import type { NextStep } from "../../chat/answer.ts";
import { formatCount } from "../../chat/format.ts";
import type { Extra } from "../../insights/queueing/simulate.ts";
import { blank, type Options, type Question } from "../../kernel/question.ts";
import { dayOf, instantOf } from "../../queries/periods.ts";
import type { QueueLoad } from "../../queries/queue-load.ts";
import type { Asking, Draft } from "../asking.ts";
import { type PreparedQueue, STEPS_PER_HOUR } from "./state.ts";

export const HOUR_MS = 3_600_000;
export const STEP_MS = HOUR_MS / STEPS_PER_HOUR;
export const HISTORY_DAYS = 56;
/** A night that is about to end is the next one. */
const LEAST_HOURS = 4;
export const CLEAR_DAYS = 7;
export const SHIFT_HOURS = 8;
/** What is known when a question about the load of a queue is answered. */
export interface Situation {
  readonly question: Question;
  readonly load: NonNullable<Options["load"]>;
  readonly queue: PreparedQueue;
  readonly read: QueueLoad;
  readonly zone: string;
  readonly throughMs: number;
}

/** The next local midnight that is at least four hours away: 06:00 where it is nearer. */
export function nextMidnight(zone: string, now: number): number {
  const midnight = instantOf(dayOf(now + 24 * HOUR_MS, zone), zone);
  return midnight - now >= LEAST_HOURS * HOUR_MS ? midnight : midnight + 6 * HOUR_MS;
}

export type Said = Pick<Draft, "headline" | "echo" | "findings" | "charts" | "next" | "table" | "view">;

/** No simulation knows chances below one in a hundred. */
export function chance(p: number, asking: Asking): string {
  if (p < 0.01) return `< 1\u00a0%`;
  return p > 0.99 ? `> 99\u00a0%` : percent(p, asking);
}
export const percent = (share: number, { locale }: Asking): string =>
  `${formatCount(Math.round(100 * share), locale)}\u00a0%`;

/** So many people from now on for so many hours, or for a shift. */
export function extraOf(load: Situation["load"], { worth }: PreparedQueue): Extra | undefined {
  if (!load.people) return undefined;
  const hours = load.hours ?? SHIFT_HOURS;
  return {
    casesPerStep: (load.people * worth.casesPerHour) / STEPS_PER_HOUR,
    servers: load.people,
    steps: Math.round(hours * STEPS_PER_HOUR),
  };
}

export function nextOf(question: Question, asking: Asking): NextStep[] {
  const { load } = question.options;
  const other = load?.ask === "breach" ? "clear" : "breach";
  const plain: Question = { ...question, options: {} };
  const ask = (options: NonNullable<Options["load"]>): Question => ({ ...plain, options: { load: options } });
  const people = asking.say("clear.people", { people: 2, hours: SHIFT_HOURS });
  const steps: NextStep[] = [
    { label: asking.say(`next.${other}`), question: ask({ ask: other }) },
    { label: people, question: ask({ ask: load?.ask ?? "clear", people: 2, hours: SHIFT_HOURS }) },
  ];
  if (asking.catalog.metrics.has("backlog"))
    steps.push({
      label: asking.say("next.backlog"),
      question: {
        ...blank("metric"),
        metrics: ["backlog"],
        filters: question.filters,
        by: question.filters.queue ? ["severity"] : ["queue"],
        options: { at: `${new Date(asking.now).toISOString().slice(0, 16)}+00:00` },
      },
    });
  return steps;
}
