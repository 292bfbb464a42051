import { button, h, icon, replaceChildren } from "./dom.ts";
import type { Word, Words } from "./words.ts";

export interface Composer {
  readonly element: HTMLElement;
  focus(): void;
  /** Puts words into the field, to be changed before they are sent. */
  fill(text: string): void;
}

const COMMANDS: readonly (readonly [string, Word])[] = [
  ["/modstats help", "command_help"],
  ["/modstats list metrics", "command_metrics"],
  ["/modstats define ", "command_define"],
  ["/modstats why ", "command_why"],
  ["/modstats forecast ", "command_forecast"],
  ["/modstats is the data complete", "command_status"],
];
const TEXT_MAX = 4_000;

/** The question field: grows with its text, ↑ brings back what was asked, `/` at the start lists the commands. */
export function createComposer(
  id: string,
  label: string,
  words: Words,
  history: () => readonly string[],
  send: (text: string) => void,
): Composer {
  const list = h("ul", {
    class: "commands",
    id: `${id}-commands`,
    role: "listbox",
    "aria-label": words("commands"),
    hidden: true,
  });
  const field = h("textarea", {
    id,
    rows: 1,
    maxlength: TEXT_MAX,
    placeholder: label,
    "aria-label": label,
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": `${id}-commands`,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    enterkeyhint: "send",
    on: { input: changed, keydown: key, blur: () => close() },
  });
  const go = h(
    "button",
    { type: "submit", class: "send", "aria-label": words("send"), title: words("send"), disabled: true },
    icon("send"),
  );
  const element = h("form", { class: "composer", on: { submit } }, list, field, go);
  let past = 0;
  let draft = "";
  let active = 0;

  return {
    element,
    focus: () => field.focus(),
    fill(text) {
      set(text);
      field.focus();
    },
  };

  function submit(event: Event): void {
    event.preventDefault();
    const text = field.value.trim();
    if (text === "") return;
    past = 0;
    set("");
    close();
    send(text);
  }

  function key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (!list.hidden && handledByList(event)) return;
    if (event.key === "Enter" && !event.shiftKey) submit(event);
    else if (event.key === "ArrowUp" && beforeFirstLine(field)) remember(event, 1);
    else if (event.key === "ArrowDown" && past > 0) remember(event, -1);
  }

  function handledByList(event: KeyboardEvent): boolean {
    const options = [...list.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) active = (active + step + options.length) % options.length;
    else if (event.key === "Tab" || (event.key === "Enter" && options.length > 0)) take(active);
    else if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else return false;
    event.preventDefault();
    point();
    return true;
  }

  function changed(): void {
    past = 0;
    grow();
    const typed = field.value;
    const offered =
      typed.startsWith("/") && !typed.includes("\n")
        ? COMMANDS.filter(([text]) => text.startsWith(typed) && text !== typed)
        : [];
    active = 0;
    replaceChildren(list, ...offered.map(([text, word], place) => option(text, words(word), place)));
    list.hidden = offered.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
    point();
  }

  function option(text: string, meaning: string, place: number): HTMLElement {
    const keepFocus = (event: Event): void => event.preventDefault();
    return h(
      "li",
      {
        id: `${id}-command-${place}`,
        role: "option",
        "data-text": text,
        on: { mousedown: keepFocus, click: () => take(place) },
      },
      h("code", {}, text.trim()),
      h("span", {}, meaning),
    );
  }

  function point(): void {
    [...list.children].forEach((item, place) => {
      item.setAttribute("aria-selected", String(place === active));
    });
    if (list.hidden) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", `${id}-command-${active}`);
  }

  function take(place: number): void {
    const text = list.children[place]?.getAttribute("data-text");
    if (text) set(text);
    close();
  }

  function close(): void {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    point();
  }

  function remember(event: Event, step: number): void {
    const asked = history();
    if (past === 0) draft = field.value;
    const wanted = Math.min(past + step, asked.length);
    if (wanted === past) return;
    event.preventDefault();
    past = wanted;
    field.value = past === 0 ? draft : (asked.at(-past) ?? "");
    grow();
  }

  function set(text: string): void {
    field.value = text;
    grow();
  }

  function grow(): void {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
    go.disabled = field.value.trim() === "";
  }
}

const beforeFirstLine = (field: HTMLTextAreaElement): boolean =>
  !field.value.slice(0, field.selectionStart).includes("\n");
export const buildButton = (words: Words, open: () => void): HTMLButtonElement =>
  button({ class: "quiet build" }, open, icon("form"), h("span", {}, words("build")));
