import { LANGUAGES, type Language } from "../../../chat/answer.ts";
import type { Channel } from "../wire.ts";
import { button, h, icon, mark } from "./dom.ts";
import type { Entry } from "./transcript.ts";
import { LANGUAGE_NAMES, type Words } from "./words.ts";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export interface RailState {
  readonly channels: readonly Channel[];
  readonly channel: string;
  readonly recent: readonly Entry[];
  readonly thread: string | null;
  readonly language: Language;
  readonly theme: Theme;
}
export interface RailActions {
  openChannel(id: string): void;
  openThread(entry: Entry): void;
  setLanguage(language: Language): void;
  setTheme(theme: Theme): void;
  showKeys(): void;
  clear(): void;
}

/** The left side: channels, threads of late, and the page's few settings. */
export function railContent(state: RailState, actions: RailActions, words: Words): readonly Node[] {
  const item = (channel: Channel): HTMLElement =>
    h(
      "li",
      {},
      button(
        { class: "rail-item", "aria-current": channel.id === state.channel ? "page" : null },
        () => actions.openChannel(channel.id),
        h("span", { class: "rail-sign", "aria-hidden": "true" }, channel.direct ? "@" : "#"),
        h("span", {}, channel.name),
      ),
    );
  return [
    h("div", { class: "brand" }, mark(), h("span", {}, "modstats")),
    h(
      "nav",
      { "aria-label": words("channels") },
      h("h2", {}, words("channels")),
      h("ul", {}, ...state.channels.filter(({ direct }) => !direct).map(item)),
      h("h2", {}, words("direct")),
      h("ul", {}, ...state.channels.filter(({ direct }) => direct).map(item)),
      ...(state.recent.length > 0
        ? [
            h("h2", {}, words("recent")),
            h("ul", { class: "recent" }, ...state.recent.map((entry) => recent(entry, state, actions))),
          ]
        : []),
    ),
    settings(state, actions, words),
  ];
}

function recent(entry: Entry, state: RailState, actions: RailActions): HTMLElement {
  return h(
    "li",
    {},
    button(
      { class: "rail-item", "aria-current": entry.thread === state.thread ? "true" : null, title: entry.said.text },
      () => actions.openThread(entry),
      h("span", { class: "rail-text" }, entry.said.text.replace(/^\/modstats\s+/, "")),
    ),
  );
}

function settings(state: RailState, actions: RailActions, words: Words): HTMLElement {
  const language = h(
    "select",
    { "aria-label": words("language"), on: { change: () => actions.setLanguage(language.value as Language) } },
    ...LANGUAGES.map((code) =>
      h("option", { value: code, selected: code === state.language, lang: code }, LANGUAGE_NAMES[code]),
    ),
  );
  const nextTheme = THEMES[(THEMES.indexOf(state.theme) + 1) % THEMES.length] ?? "auto";
  const themeName = `${words("theme")}: ${words(`theme_${state.theme}`)}`;
  return h(
    "div",
    { class: "settings" },
    language,
    button(
      { class: "round theme", "aria-label": themeName, title: themeName },
      () => actions.setTheme(nextTheme),
      icon(({ auto: "auto", light: "sun", dark: "moon" } as const)[state.theme]),
    ),
    button({ class: "round keys", "aria-label": words("keys"), title: words("keys") }, actions.showKeys, icon("keys")),
    clearButton(actions.clear, words),
  );
}

/** Asks once more before it clears. */
function clearButton(clear: () => void, words: Words): HTMLElement {
  let sure = false;
  const name = (text: string): void => {
    element.setAttribute("aria-label", text);
    element.title = text;
  };
  const element = button(
    { class: "round clear" },
    () => {
      if (sure) clear();
      sure = true;
      element.classList.add("sure");
      name(words("clear_sure"));
    },
    icon("trash"),
  );
  element.addEventListener("blur", () => {
    sure = false;
    element.classList.remove("sure");
    name(words("clear"));
  });
  name(words("clear"));
  return element;
}
