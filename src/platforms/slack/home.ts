import type { types } from "@slack/bolt";
import type { Language, NextStep } from "../../chat/answer.ts";
import { formButton, header, rows, section, steps } from "./blocks.ts";
import { slackLimits } from "./limits.ts";
import { wordsIn } from "./words.ts";

/** App Home: the favourite questions as buttons, the form, and one line on how to ask. */
export function homeView(favourites: readonly NextStep[], language: Language): types.HomeView {
  const words = wordsIn(language);
  const { buttons } = steps(favourites, slackLimits.home_favourites_max);
  return {
    type: "home",
    blocks: [
      header(words.homeTitle),
      section(words.homeHow),
      ...(buttons.length > 0
        ? [{ type: "divider" } as const, section(`*${words.homeFavourites}*`), ...rows(buttons)]
        : []),
      { type: "divider" },
      ...rows([formButton(words.build)]),
    ],
  };
}
