import type { Catalog } from "../catalog/catalog.ts";
import type { Language, NextStep } from "../chat/answer.ts";
import { localeFor } from "../chat/format.ts";
import { type MessageKey, sayIn } from "../chat/messages.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Reader } from "../language/reader.ts";
import { emptyThread } from "../language/thread.ts";
import { firstWord } from "./names.ts";

const EXAMPLES: readonly MessageKey[] = ["example.1", "example.2", "example.3", "example.4"];

export interface ExampleParts {
  readonly catalog: Catalog;
  readonly reader: Reader;
  readonly clock: Clock;
  readonly defaultZone: string;
}

/**
 * Four questions to tap: `asked` first (a channel's own), then examples of the language; only those that this catalog understands,
 * filled up from its metrics.
 */
export function exampleSteps(parts: ExampleParts, asked: readonly string[], language: Language): NextStep[] {
  const say = sayIn(language, localeFor(language));
  const metricNames = [...parts.catalog.metrics.values()].map(
    (metric) => firstWord(metric.words, language) ?? metric.id,
  );
  const steps: NextStep[] = [];
  for (const words of [...asked, ...EXAMPLES.map((key) => say(key)), ...metricNames]) {
    if (steps.length === EXAMPLES.length) break;
    const { question } = parts.reader.read(words, {
      now: parts.clock.now(),
      zone: parts.defaultZone,
      thread: emptyThread,
    });
    if (question.kind === "metric" && !steps.some((step) => step.label === words))
      steps.push({ label: words, question });
  }
  return steps;
}
