import type { ChartSpec } from "../../../kernel/chart-spec.ts";
import { chartFigure } from "./chart.ts";
import { h } from "./dom.ts";
import { at, list, record, text } from "./loose.ts";
import { markup } from "./markup.ts";

/** Draws a card of Lark (JSON 2.0) near enough to judge it; its charts are drawn from the answer's own charts. */
export function asLark(message: unknown, charts: readonly ChartSpec[], chartTexts: readonly string[]): HTMLElement {
  const card = record(at(message, "card") ?? message);
  let drawn = 0;
  const nextChart = (): HTMLElement | null => {
    const spec = charts[drawn];
    drawn += 1;
    return spec ? chartFigure(spec, chartTexts[drawn - 1] ?? "") : null;
  };
  const header = at(card, "header");
  const elements = [...list(at(card, "body"), "elements"), ...list(card, "elements")];
  return h(
    "div",
    { class: "as-lark" },
    header
      ? h(
          "div",
          { class: `lark-header ${text(header, "template")}` },
          h("h4", {}, text(at(header, "title"), "content")),
          at(header, "subtitle") ? h("p", {}, text(at(header, "subtitle"), "content")) : null,
        )
      : null,
    h("div", { class: "lark-body" }, ...elements.flatMap((part) => elementOf(part, nextChart))),
  );
}

function elementOf(part: unknown, nextChart: () => HTMLElement | null): readonly (Node | null)[] {
  switch (text(part, "tag")) {
    case "markdown":
      return [h("p", {}, ...markup(text(part, "content"), "lark"))];
    case "plain_text":
      return [h("p", {}, text(part, "content"))];
    case "div":
      return elementOf(at(part, "text"), nextChart);
    case "note":
      return [
        h(
          "p",
          { class: "chart-note" },
          list(part, "elements")
            .map((inner) => text(inner, "content"))
            .join(" "),
        ),
      ];
    case "hr":
      return [h("hr")];
    case "button":
      return [h("span", { class: `lark-button ${text(part, "type")}` }, text(at(part, "text"), "content"))];
    case "chart":
      return [nextChart()];
    case "img":
      return [nextChart() ?? h("p", {}, text(at(part, "alt"), "content"))];
    case "table":
      return [table(part)];
    case "column_set":
      return [
        h(
          "div",
          { class: "lark-columns" },
          ...list(part, "columns").map((column) => h("div", {}, ...inner(column, nextChart))),
        ),
      ];
    case "action":
      return [
        h("div", { class: "lark-columns" }, ...list(part, "actions").flatMap((action) => elementOf(action, nextChart))),
      ];
    case "collapsible_panel":
      return [
        h("details", {}, h("summary", {}, text(at(at(part, "header"), "title"), "content")), ...inner(part, nextChart)),
      ];
    case "form":
    case "interactive_container":
      return inner(part, nextChart);
    default:
      return [h("pre", {}, JSON.stringify(part, null, 2))];
  }
}

const inner = (part: unknown, nextChart: () => HTMLElement | null): (Node | null)[] =>
  list(part, "elements").flatMap((element) => elementOf(element, nextChart));

function table(part: unknown): HTMLElement {
  const columns = list(part, "columns");
  const names = columns.map((column) => text(column, "name"));
  return h(
    "div",
    { class: "table-scroll", tabindex: 0 },
    h(
      "table",
      { class: "data" },
      h(
        "thead",
        {},
        h("tr", {}, ...columns.map((column) => h("th", {}, text(column, "display_name") || text(column, "name")))),
      ),
      h(
        "tbody",
        {},
        ...list(part, "rows").map((row) => h("tr", {}, ...names.map((name) => h("td", {}, text(row, name))))),
      ),
    ),
  );
}
