import type { NextStep } from "../chat/answer.ts";
import type { Question } from "../kernel/question.ts";
import { type Asking, blankDraft, type Draft } from "./asking.ts";
import { firstWord, metricName } from "./names.ts";

/** Short help with examples that can be tapped. `understood` = help was asked for, rather than nothing being understood. */
export function answerHelp(
  question: Question,
  examples: readonly NextStep[],
  understood: boolean,
  asking: Asking,
): Draft {
  const { say, catalog } = asking;
  return {
    ...blankDraft(asking, question, "help"),
    understood,
    headline: understood ? say("help.head") : say("help.not_understood"),
    body: [
      [say("help.lead"), ...examples.map((example) => `• ${example.label}`)].join("\n"),
      say("help.more", { n: catalog.metrics.size }),
    ],
    next: examples,
  };
}

/** All metrics by group, one line each. */
export function answerMetrics(question: Question, asking: Asking): Draft {
  const { catalog, language, say } = asking;
  const groups = groupByGroup(asking);
  return {
    ...blankDraft(asking, question, "answered"),
    headline: say("metrics.head", { n: catalog.metrics.size }),
    body: [...groups].map(([group, ids]) =>
      [
        group,
        ...ids.map(
          (id) =>
            `• ${metricName(catalog, id, language)} (${id}): ${firstWord(catalog.metrics.get(id)?.description, language) ?? ""}`,
        ),
      ].join("\n"),
    ),
  };
}

function groupByGroup(asking: Asking): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const metric of asking.catalog.metrics.values()) {
    const name = groupName(metric.group, asking);
    groups.set(name, [...(groups.get(name) ?? []), metric.id]);
  }
  return groups;
}

export function groupName(group: string, asking: Pick<Asking, "say">): string {
  switch (group) {
    case "volume":
    case "quality":
    case "efficiency":
    case "cost":
      return asking.say(`form.group.${group}`);
    default:
      return group;
  }
}
