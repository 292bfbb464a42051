import type { Language, NextStep } from "../../chat/answer.ts";
import { slackLimits } from "./limits.ts";
import { visible } from "./text.ts";
import { wordsIn } from "./words.ts";

export interface Prompts {
  readonly title: string;
  readonly prompts: readonly [Prompt, ...Prompt[]];
}
interface Prompt {
  readonly title: string;
  readonly message: string;
}

/** What the agent's messages tab offers before anything was typed; null where there is nothing to offer. */
export function suggestedPrompts(favourites: readonly NextStep[], language: Language): Prompts | null {
  const [first, ...others] = favourites
    .filter(({ label }) => visible(label))
    .slice(0, slackLimits.prompts_max)
    .map(({ label }) => ({ title: label.slice(0, 75), message: label }));
  return first ? { title: wordsIn(language).promptsTitle, prompts: [first, ...others] } : null;
}
