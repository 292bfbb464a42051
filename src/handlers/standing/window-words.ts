import type { Question } from "../../kernel/question.ts";
import { isRelative, type Said } from "../../language/said.ts";
import type { Window } from "../../language/window.ts";
import type { Asking } from "../asking.ts";
import { windowName } from "../names.ts";

/** A window that moves with every run, as people say it ("last week"); one that stays, as its days, and that it stays. */
export function saidName(question: Question, { window }: Said, asking: Asking): string {
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
