import type { NextStep } from "../../../chat/answer.ts";
import * as api from "./api.ts";
import { button, h, icon, mark, replaceChildren } from "./dom.ts";
import type { Words } from "./words.ts";

const TRIES_MAX = 6;

/** A channel in which nothing was said yet: what to do here, and the channel's favourite questions to press. */
export function emptyChannel(
  channel: string,
  language: string,
  words: Words,
  choose: (step: NextStep) => void,
): HTMLElement {
  const label = h("h3", { hidden: true }, words("try_one"));
  const tries = h("ul", { class: "tries" });
  void api.favourites(channel, language).then((got) => {
    if (!got.ok || got.value.length === 0) return;
    label.hidden = false;
    const items = got.value.slice(0, TRIES_MAX).map((step) =>
      h(
        "li",
        {},
        button({ class: "try" }, () => choose(step), h("span", {}, step.label), icon("arrow")),
      ),
    );
    replaceChildren(tries, ...items);
  });
  return h(
    "div",
    { class: "empty" },
    mark(),
    h("h2", {}, words("ask_data")),
    h("p", {}, words("ask_lead")),
    label,
    tries,
  );
}
