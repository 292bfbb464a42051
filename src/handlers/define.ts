import type { Metric, Words } from "../catalog/catalog.ts";
import type { Question } from "../kernel/question.ts";
import { blank } from "../kernel/question.ts";
import { type Asking, blankDraft, type Draft } from "./asking.ts";
import { dimensionWord, firstWord, metricName } from "./names.ts";
import { usualWindow } from "./usual-window.ts";

/** The definition card: what a metric is, how it is counted, what to mind, what else goes by its name. */
export function answerDefine(question: Question, asking: Asking): Draft {
  const metrics = question.metrics.flatMap((id) => asking.catalog.metrics.get(id) ?? []);
  const cards = metrics.map((metric) => cardOf(metric, asking));
  return {
    ...blankDraft(asking, question, "answered"),
    headline: metrics
      .map(
        (metric) =>
          `${metricName(asking.catalog, metric.id, asking.language)}: ${firstWord(metric.description, asking.language) ?? ""}`,
      )
      .join(" · "),
    body: cards.map((lines) => lines.join("\n")),
    next: metrics.slice(0, 2).flatMap((metric) => [
      {
        label: metricName(asking.catalog, metric.id, asking.language),
        question: { ...blank("metric"), metrics: [metric.id], ...usualWindow(metric, asking) },
      },
    ]),
  };
}

function cardOf(metric: Metric, asking: Asking): string[] {
  const { say, language } = asking;
  const splits = metric.dimensions.map((id) => dimensionWord(asking.catalog, id, language)).join(", ");
  return [
    say("define.formula", { text: metric.formula }),
    say("define.unit", { unit: metric.unit.replaceAll("_", " "), good: say(`good.${metric.good}`) }),
    metric.maturityDays === null ? "" : say("define.maturity", { days: metric.maturityDays }),
    metric.labelsNeeded === null ? "" : say("define.labels"),
    say("define.interval", { text: metric.interval }),
    metric.watchOut ? say("define.watch", { text: metric.watchOut }) : "",
    metric.alsoCalled.length > 0 ? say("define.also", { text: metric.alsoCalled.join("; ") }) : "",
    wordsLine(metric, asking),
    splits ? say("define.split", { text: splits }) : "",
    say("define.owner", { owner: metric.owner, version: metric.version }),
  ].filter((line) => line !== "");
}

function wordsLine(metric: Metric, asking: Asking): string {
  const all = [metric.words, asking.catalog.lexicon.metrics.get(metric.id) ?? {}].flatMap((words: Words) =>
    Object.values(words).flat(),
  );
  return all.length > 0 ? asking.say("define.words", { text: [...new Set(all)].join(", ") }) : "";
}
