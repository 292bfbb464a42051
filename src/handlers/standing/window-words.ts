import type { Question } from "../../kernel/question.ts";
import { isRelative, type Said } from "../../language/said.ts";
import type { Window } from "../../language/window.ts";
import type { Asking } from "../asking.ts";
import { windowName } from "../names.ts";

/** "the last whole week (this time 9–15 Mar 2026, compared with 2–8 Mar 2026)"; "" for a question without a time. */
export function windowLine(question: Question, said: Said, asking: Asking): string {
  const name = saidName(question, said, asking);
  if (name === "" || question.period === null) return name;
  const days = windowName(question.period, asking, null);
  const first = name.includes(days) ? "" : asking.say("window.first", { days });
  const compare = question.compare
    ? asking.say("compared", { period: windowName(question.compare, asking, null) })
    : "";
  const aside = [first, compare].filter((part) => part !== "").join(", ");
  return aside === "" ? name : `${name} (${aside})`;
}

/** A window that moves with every run, as people say it ("last week"); one that stays, as its days, and that it stays. */
function saidName(question: Question, { window }: Said, asking: Asking): string {
  if (question.options.at !== undefined && window === null) return asking.say("window.now");
  if (question.period === null) return "";
  const moving = window === null ? asking.say("window.last", { unit: "day", n: 7 }) : movingName(window, asking);
  if (moving !== null) return moving;
  const days = windowName(question.period, asking, null);
  return isRelative(window) ? asking.say("window.moving", { days }) : asking.say("window.fixed", { days });
}

function movingName(window: Window, { say }: Asking): string | null {
  switch (window.kind) {
    case "lastUnits":
      return say("window.last", { unit: window.unit, n: window.count });
    case "unit":
      if (window.offset === 0) return say("window.this", { unit: window.unit });
      return window.offset === -1 ? say("window.before", { unit: window.unit }) : null;
    case "toDate":
      return say("window.to_date", { unit: window.unit });
    case "rolling":
      return window.minutes % 60 === 0 ? say("window.last", { unit: "hour", n: window.minutes / 60 }) : null;
    case "weekend":
      return say("window.weekend");
    default:
      return null;
  }
}
