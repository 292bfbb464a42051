import { button, h } from "./dom.ts";
import type { Words } from "./words.ts";

export type ViewName = "answer" | "slack" | "lark" | "json";

/** Tabs by the book: arrows move, one stop for Tab. */
export function viewTabs(id: string, words: Words, show: (name: ViewName) => void): HTMLElement {
  const names: readonly (readonly [ViewName, string])[] = [
    ["answer", words("view_answer")],
    ["slack", "Slack"],
    ["lark", "Lark"],
    ["json", "JSON"],
  ];
  const tabs = names.map(([name, label], place) =>
    button(
      {
        class: "tab",
        role: "tab",
        "aria-selected": String(place === 0),
        "aria-controls": `view-${id}`,
        tabindex: place === 0 ? 0 : -1,
        "data-view": name,
      },
      () => select(place),
      label,
    ),
  );
  const box = h("div", { class: "tabs", role: "tablist", "aria-label": words("view"), on: { keydown: move } }, ...tabs);
  return box;

  function select(chosen: number): void {
    tabs.forEach((tab, place) => {
      tab.setAttribute("aria-selected", String(place === chosen));
      tab.tabIndex = place === chosen ? 0 : -1;
    });
    const name = names[chosen]?.[0];
    if (name) show(name);
  }
  function move(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const chosen = (tabs.findIndex((tab) => tab.tabIndex === 0) + step + tabs.length) % tabs.length;
    select(chosen);
    tabs[chosen]?.focus();
  }
}
