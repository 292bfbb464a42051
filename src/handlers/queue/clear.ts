import type { Finding } from "../../chat/answer.ts";
import { formatBucket, formatCount } from "../../chat/format.ts";
import { type ClearanceOutlook, clearanceOutlook } from "../../insights/queueing/outlook.ts";
import type { Asking, Draft } from "../asking.ts";
import { filtersName } from "../names.ts";
import { backlogPicture } from "./backlog-picture.ts";
import { CLEAR_DAYS, extraOf, nextOf, type Said, SHIFT_HOURS, type Situation, STEP_MS } from "./situation.ts";
import { type PreparedQueue, STEPS_PER_HOUR } from "./state.ts";

export function clearWords({ question, load, queue, read, zone, throughMs }: Situation, asking: Asking): Said {
  const { say } = asking;
  const extra = extraOf(load, queue);
  const clearAt = clearLevel(queue);
  const plain = clearanceOutlook(queue.state, clearAt);
  const made = extra ? clearanceOutlook(queue.state, clearAt, extra) : plain;
  const name = filtersName(question, asking) || say("total");
  const open = formatCount(read.open.length, asking.locale);
  const when = (outlook: ClearanceOutlook): string => timeText(outlook, throughMs, zone, asking);
  const hours = load.hours ?? SHIFT_HOURS;
  const withPeople = extra ? say("clear.with", { people: load.people ?? 0, hours }) : "";
  const key = read.open.length <= clearAt ? "clear.now" : made.steps ? "clear.head" : "clear.never";
  const findings: Finding[] = [];
  if (extra && read.open.length > clearAt)
    findings.push({
      code: "without",
      text: plain.steps ? say("clear.without", { at: when(plain) }) : say("clear.without_never", { days: CLEAR_DAYS }),
    });
  findings.push({ code: "rates", text: ratesText(queue, asking) });
  findings.push({ code: "level", text: say("clear.level", { n: formatCount(Math.round(clearAt), asking.locale) }) });
  const past = made.steps ? Math.max(8, Math.ceil(1.3 * made.steps.high)) : queue.state.inflow.length;
  return {
    headline: say(key, { name, open, at: when(made), with: withPeople, days: CLEAR_DAYS }),
    echo: say("clear.echo", { name, with: (withPeople || say("clear.roster")).trim(), zone }),
    findings,
    charts: [backlogPicture(made, read, throughMs, zone, name, asking, past)],
    next: nextOf(question, asking),
    table: clearTable(made, plain, throughMs),
    view: null,
  };
}

/** Clear = no more than a quarter of an hour's work of those usually on duty. */
function clearLevel({ state }: PreparedQueue): number {
  const onDuty = state.capacity.filter((cases) => cases > 0);
  return Math.max(1, onDuty.reduce((sum, cases) => sum + cases, 0) / Math.max(1, onDuty.length));
}

function timeText({ steps }: ClearanceOutlook, throughMs: number, zone: string, asking: Asking): string {
  if (!steps) return "–";
  const write = (step: number): string =>
    Number.isFinite(step)
      ? formatBucket(new Date(throughMs + step * STEP_MS).toISOString(), "hour", asking.locale, zone)
      : asking.say("clear.later", { days: CLEAR_DAYS });
  return `${write(steps.median)} (80 %: ${write(steps.low)} – ${write(steps.high)})`;
}

function ratesText({ state, worth }: PreparedQueue, asking: Asking): string {
  const steps = Math.min(state.inflow.length, 24 * STEPS_PER_HOUR);
  const sum = (values: readonly number[]): number => values.slice(0, steps).reduce((total, value) => total + value, 0);
  const write = (value: number): string => formatCount(Math.round(value), asking.locale);
  return asking.say("clear.rates", {
    inflow: write(sum(state.inflow)),
    capacity: write(sum(state.capacity)),
    each: formatCount(Math.round(10 * worth.casesPerHour) / 10, asking.locale),
  });
}

function clearTable(made: ClearanceOutlook, plain: ClearanceOutlook, throughMs: number): Draft["table"] {
  const instants = ({ steps }: ClearanceOutlook) =>
    steps
      ? [steps.median, steps.low, steps.high].map((step) =>
          Number.isFinite(step) ? new Date(throughMs + step * STEP_MS).toISOString() : null,
        )
      : [null, null, null];
  return {
    columns: [
      { id: "plan", unit: null },
      ...["clear_at", "clear_at.low80", "clear_at.high80"].map((id) => ({ id, unit: null })),
      { id: "clears", unit: "share" },
    ],
    rows: [
      ["asked", ...instants(made), made.clears],
      ["roster", ...instants(plain), plain.clears],
    ],
  };
}
