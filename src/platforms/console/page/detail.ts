import type { Reply } from "../../../chat/port.ts";
import { button, h, icon } from "./dom.ts";
import type { Words } from "./words.ts";

/** The statements behind an answer, each with its parameters and a button that copies it. */
export function statements(all: Extract<Reply, { type: "sql" }>["statements"], words: Words): HTMLElement {
  return h(
    "div",
    { class: "statements" },
    ...all.map(({ text, params }) =>
      h(
        "div",
        { class: "statement" },
        copyButton(text, words),
        h("pre", { tabindex: 0 }, h("code", {}, text)),
        params ? h("p", { class: "parameters" }, h("span", {}, words("parameters")), h("code", {}, params)) : null,
      ),
    ),
  );
}

/** A file to save: its name, its length, a link. The link's address ends when the card leaves the page. */
export function csvCard(csv: Extract<Reply, { type: "csv" }>, words: Words): HTMLElement {
  const address = URL.createObjectURL(new Blob([csv.content], { type: "text/csv;charset=utf-8" }));
  const lines = csv.content.split("\n").filter((line) => line.trim() !== "").length;
  return h(
    "div",
    { class: "file" },
    icon("download"),
    h("div", {}, h("strong", {}, csv.fileName), h("span", {}, words("lines", { n: lines }))),
    h(
      "a",
      { class: "step", href: address, download: csv.fileName.replace(/[^\p{L}\p{N}._-]+/gu, "-") },
      words("download"),
    ),
  );
}

function copyButton(text: string, words: Words): HTMLElement {
  const label = h("span", {}, words("copy"));
  return button(
    { class: "quiet copy" },
    () => {
      navigator.clipboard.writeText(text).then(
        () => label.replaceChildren(words("copied")),
        () => label.replaceChildren(words("copy")),
      );
    },
    icon("copy"),
    label,
  );
}
