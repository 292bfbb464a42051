import { buildButton, type Composer, createComposer } from "./composer.ts";
import { button, h, icon, replaceChildren } from "./dom.ts";
import { asked } from "./history.ts";
import type { Words } from "./words.ts";

/** The elements that stay while what they show changes. */
export interface Shell {
  readonly rail: HTMLElement;
  readonly title: HTMLElement;
  readonly menu: HTMLElement;
  readonly banner: HTMLElement;
  readonly list: HTMLElement;
  readonly composer: Composer;
  readonly thread: HTMLElement;
  readonly threadTitle: HTMLElement;
  readonly threadList: HTMLElement;
  readonly threadComposer: Composer;
  /** What is put here is read out. */
  readonly live: HTMLElement;
}
export interface ShellDoors {
  ask(text: string): void;
  askInThread(text: string): void;
  openDrawer(open: boolean): void;
  closeThread(): void;
  openForm(): void;
}

/** Lays out the page anew in one language: rail, conversation, thread. */
export function buildShell(root: HTMLElement, words: Words, doors: ShellDoors): Shell {
  const shell: Shell = {
    rail: h("aside", { class: "rail", id: "rail" }),
    title: h("h1", { class: "title" }),
    menu: button(
      { class: "round menu", "aria-label": words("menu"), "aria-controls": "rail", "aria-expanded": "false" },
      () => doors.openDrawer(true),
      icon("menu"),
    ),
    banner: h("p", { class: "banner", role: "status", hidden: true }, icon("warn"), h("span", {}, words("offline"))),
    list: list(),
    composer: createComposer("composer", words("placeholder"), words, asked, doors.ask),
    thread: h("section", { class: "thread", "aria-label": words("thread"), hidden: true }),
    threadTitle: h("p", { class: "thread-title" }),
    threadList: list(),
    threadComposer: createComposer("thread-composer", words("placeholder_thread"), words, asked, doors.askInThread),
    live: h("div", { class: "unseen", role: "status", "aria-live": "polite" }),
  };
  const closer = (name: "back" | "shut"): HTMLElement =>
    button(
      { class: `round ${name}`, "aria-label": words("close") },
      doors.closeThread,
      icon(name === "back" ? "back" : "close"),
    );
  shell.thread.append(
    h(
      "header",
      { class: "bar" },
      closer("back"),
      h("div", {}, h("h2", {}, words("thread")), shell.threadTitle),
      closer("shut"),
    ),
    shell.threadList,
    h("footer", { class: "foot" }, shell.threadComposer.element),
  );
  replaceChildren(
    root,
    h("a", { class: "skip", href: "#composer" }, words("skip")),
    shell.rail,
    h("div", { class: "veil", on: { click: () => doors.openDrawer(false) } }),
    h(
      "main",
      { class: "talk" },
      h("header", { class: "bar" }, shell.menu, shell.title, buildButton(words, doors.openForm)),
      shell.banner,
      shell.list,
      h("footer", { class: "foot" }, shell.composer.element),
    ),
    shell.thread,
    shell.live,
  );
  return shell;
}

/** Answers are read out from the live region, once each, not from the list. */
const list = (): HTMLElement => h("div", { class: "list", role: "log", "aria-live": "off", tabindex: -1 });
