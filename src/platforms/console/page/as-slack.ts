import type { ChartSpec } from "../../../kernel/chart-spec.ts";
import { chartFigure } from "./chart.ts";
import { h } from "./dom.ts";
import { at, list, record, text } from "./loose.ts";
import { markup } from "./markup.ts";

/** Draws a message of Block Kit as Slack would, near enough to judge it. Native charts and pictures are drawn from the answer's own charts. */
export function asSlack(message: unknown, charts: readonly ChartSpec[], chartTexts: readonly string[]): HTMLElement {
  let drawn = 0;
  const nextChart = (): HTMLElement | null => {
    const spec = charts[drawn];
    drawn += 1;
    return spec ? chartFigure(spec, chartTexts[drawn - 1] ?? "") : null;
  };
  const found = blocksOf(message);
  const blocks = found.map((block) =>
    h("div", { class: `block block-${text(block, "type")}` }, ...blockOf(block, nextChart)),
  );
  return h("div", { class: "as-slack" }, ...(found.length > 0 ? blocks : [h("p", {}, text(message, "text"))]));
}

/** One message, a list of blocks, or several messages one after the other. */
function blocksOf(message: unknown): readonly unknown[] {
  if (Array.isArray(message)) return message.flatMap((part) => (record(part).blocks ? blocksOf(part) : [part]));
  const messages = list(message, "messages");
  if (messages.length > 0) return messages.flatMap(blocksOf);
  return [...list(message, "blocks"), ...list(message, "attachments").flatMap(blocksOf)];
}

function blockOf(block: unknown, nextChart: () => HTMLElement | null): readonly (Node | string | null)[] {
  switch (text(block, "type")) {
    case "header":
      return [h("h4", {}, text(at(block, "text"), "text"))];
    case "section":
      return [
        h("p", {}, ...composed(at(block, "text"))),
        ...list(block, "fields").map((field) => h("p", { class: "field" }, ...composed(field))),
        at(block, "accessory") ? element(at(block, "accessory")) : null,
      ];
    case "context":
      return list(block, "elements").map((part) => h("span", {}, ...composed(part)));
    case "actions":
      return list(block, "elements").map(element);
    case "divider":
      return [h("hr")];
    case "markdown":
      return [h("p", {}, ...markup(text(block, "text"), "lark"))];
    case "rich_text":
      return [h("p", {}, flat(block))];
    case "table":
    case "data_table":
      return [table(block)];
    case "data_visualization":
    case "image":
      return [nextChart() ?? h("p", {}, text(block, "alt_text") || text(block, "title"))];
    default:
      return [h("pre", {}, JSON.stringify(block, null, 2))];
  }
}

const composed = (part: unknown): Node[] =>
  text(part, "type") === "mrkdwn" ? markup(text(part, "text"), "slack") : [document.createTextNode(text(part, "text"))];

function element(part: unknown): HTMLElement {
  const label = text(at(part, "text"), "text") || text(at(part, "placeholder"), "text") || text(part, "type");
  return h("span", { class: `slack-button ${text(part, "style")}` }, label);
}

function table(block: unknown): HTMLElement {
  const columns = list(block, "columns").map(
    (column) => text(column, "label") || text(column, "name") || text(column, "title"),
  );
  const rows = list(block, "rows").map((row) => (Array.isArray(row) ? row : list(row, "cells")));
  const headed = columns.some((name) => name !== "");
  const head = headed
    ? columns.map((name) => h("th", {}, name))
    : (rows[0] ?? []).map((cell) => h("th", {}, flat(cell)));
  const caption = text(block, "caption") || text(at(block, "caption"), "text");
  return h(
    "div",
    { class: "table-scroll", tabindex: 0 },
    caption ? h("p", { class: "chart-note" }, caption) : null,
    h(
      "table",
      { class: "data" },
      h("thead", {}, h("tr", {}, ...head)),
      h(
        "tbody",
        {},
        ...(headed ? rows : rows.slice(1)).map((row) =>
          h("tr", {}, ...row.map((cell: unknown) => h("td", {}, flat(cell)))),
        ),
      ),
    ),
  );
}

/** All words of a nested rich text, in order. */
function flat(part: unknown): string {
  if (typeof part === "string" || typeof part === "number") return String(part);
  if (Array.isArray(part)) return part.map(flat).join("");
  const inner = at(part, "text") ?? at(part, "value");
  return (
    (typeof inner === "string" || typeof inner === "number" ? String(inner) : inner ? flat(inner) : "") +
    list(part, "elements").map(flat).join("")
  );
}
