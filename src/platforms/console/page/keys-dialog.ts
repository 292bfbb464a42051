import { button, h, icon } from "./dom.ts";
import type { Word, Words } from "./words.ts";

const KEYS: readonly (readonly [readonly string[], Word])[] = [
  [["/"], "key_focus"],
  [["Enter"], "key_send"],
  [["Shift", "Enter"], "key_line"],
  [["↑"], "key_history"],
  [["j", "k"], "key_move"],
  [["t"], "key_thread"],
  [["Esc"], "key_close"],
];

/** The list of keys. */
export function openKeys(words: Words): void {
  const dialog = h(
    "dialog",
    { class: "dialog keys-dialog", "aria-labelledby": "keys-title", on: { close: () => dialog.remove() } },
    h(
      "header",
      {},
      h("h2", { id: "keys-title" }, words("keys")),
      button({ class: "round", "aria-label": words("close") }, () => dialog.close(), icon("close")),
    ),
    h(
      "dl",
      {},
      ...KEYS.flatMap(([keys, word]) => [
        h("dt", {}, ...keys.map((key) => h("kbd", {}, key))),
        h("dd", {}, words(word)),
      ]),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}
