import type { Finding } from "../../chat/answer.ts";
import { formatCount, formatInstant, formatValue } from "../../chat/format.ts";
import {
  type BreachOutlook,
  breachOutlook,
  clearanceOutlook,
  hoursFor,
  type Ranged,
} from "../../insights/queueing/outlook.ts";
import { limits } from "../../kernel/limits.ts";
import type { Asking, Draft } from "../asking.ts";
import { filtersName } from "../names.ts";
import { backlogPicture } from "./backlog-picture.ts";
import { chance, extraOf, nextOf, percent, type Said, SHIFT_HOURS, type Situation } from "./situation.ts";
import type { PreparedQueue } from "./state.ts";

/** Chance of a breach that a roster is planned for. */
const WANTED = 0.1;
export function breachWords(
  { question, load, queue, read, zone, throughMs }: Situation,
  until: number,
  asking: Asking,
): Said {
  const { say, locale } = asking;
  const target = load.target ?? limits.slaTargetShare;
  const within = queue.state.inflow.length;
  const extra = extraOf(load, queue);
  const plain = breachOutlook(queue.state, within, target);
  const made = extra ? breachOutlook(queue.state, within, target, extra) : plain;
  const at = formatInstant(new Date(until).toISOString(), locale, zone);
  const name = filtersName(question, asking) || say("total");
  const findings: Finding[] = [
    { code: "expected", text: say("breach.expected", { ...rangesOf(made, asking), due: rangeText(made.due, asking) }) },
    { code: "load", text: loadText(queue, asking) },
  ];
  if (extra) findings.unshift({ code: "with_extra", text: say("breach.with", changeOf(plain, made, load, asking)) });
  else findings.push({ code: "hours", text: hoursText(queue, within, target, plain, asking) });
  return {
    headline: say("breach.head", { name, at, p: chance(made.probability, asking), target: percent(target, asking) }),
    echo: say("breach.echo", { name, at, zone, target: percent(target, asking) }),
    findings,
    charts: [backlogPicture(clearanceOutlook(queue.state, 0, extra), read, throughMs, zone, name, asking, within)],
    next: nextOf(question, asking),
    table: breachTable(made, target),
    view: null,
  };
}

const breachTable = ({ probability, late, due, share }: BreachOutlook, target: number): Draft["table"] => ({
  columns: [
    { id: "p_breach", unit: "share" },
    { id: "target", unit: "share" },
    ...["late", "due"].flatMap((id) =>
      [id, `${id}.low80`, `${id}.high80`].map((each) => ({ id: each, unit: "count" })),
    ),
    ...["in_time", "in_time.low80", "in_time.high80"].map((id) => ({ id, unit: "share" })),
  ],
  rows: [[probability, target, ...[late, due, share].flatMap(({ median, low, high }) => [median, low, high])]],
});

function rangesOf({ share, late }: BreachOutlook, asking: Asking) {
  const write = (value: number): string => formatValue(value, "share", asking.locale);
  return {
    share: `${write(share.median)} (80 %: ${write(share.low)} – ${write(share.high)})`,
    late: rangeText(late, asking),
  };
}

const rangeText = ({ median, low, high }: Ranged, { locale }: Asking): string => {
  const write = (value: number): string => formatCount(Math.round(value), locale);
  return low === high ? write(median) : `${write(median)} (80 %: ${write(low)} – ${write(high)})`;
};

function loadText({ neededHours, staffedHours }: PreparedQueue, asking: Asking): string {
  const hours = (value: number): string => formatCount(Math.round(10 * value) / 10, asking.locale);
  return asking.say("breach.load", { needed: hours(neededHours), staffed: hours(staffedHours) });
}

function hoursText(queue: PreparedQueue, within: number, target: number, plain: BreachOutlook, asking: Asking): string {
  if (plain.probability <= WANTED) return asking.say("breach.enough");
  const short = hoursFor(queue.state, within, target, queue.worth, WANTED);
  if (short === null || short.hours > 10 * (queue.staffedHours + queue.neededHours))
    return asking.say("breach.other_reasons", { share: percent(queue.lateness, asking) });
  return asking.say("breach.short", {
    hours: short.hours,
    before: chance(plain.probability, asking),
    after: chance(short.probability, asking),
  });
}

function changeOf(plain: BreachOutlook, made: BreachOutlook, load: Situation["load"], asking: Asking) {
  return {
    people: load.people ?? 0,
    hours: load.hours ?? SHIFT_HOURS,
    before: chance(plain.probability, asking),
    after: chance(made.probability, asking),
  };
}
