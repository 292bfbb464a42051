import { blank, type Options, type Question, type QuestionKind } from "../kernel/question.ts";

/** What a follow-up of `kind` takes from the thread's last answered Question (READING-RULES §8); the rest is blank. */
export function joined(thread: Question, kind: QuestionKind): Question {
  if (kind === thread.kind || kind === "schedule" || kind === "watch") return thread;
  if (kind === "metric") return thread;
  const none = blank(kind);
  const { metrics, filters, period, compare } = thread;
  switch (kind) {
    case "define":
      return { ...none, metrics };
    case "status":
      return { ...none, metrics, filters, period, options: moment(thread.options) };
    case "why":
    case "changes":
      return { ...none, metrics, filters, period, compare, options: moment(thread.options) };
    case "anomalies":
      return { ...none, metrics, filters, period };
    case "forecast":
      return { ...none, metrics, filters, by: thread.by };
    case "power":
    case "impact":
      return { ...none, metrics, filters };
    case "tradeoff":
      return { ...none, filters, period };
    default:
      return none;
  }
}

const moment = ({ at, age }: Options): Options => ({
  ...(at === undefined ? {} : { at }),
  ...(age === undefined ? {} : { age }),
});
