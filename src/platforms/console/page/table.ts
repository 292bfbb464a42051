import type { TableView } from "../../../chat/answer.ts";
import { button, h, replaceChildren } from "./dom.ts";
import type { Words } from "./words.ts";

const ROWS_FIRST = 8;

/** The answer's table: sorts by any column (up, down, as answered), scrolls sideways on a phone, shows eight rows first. */
export function answerTable(view: TableView, locale: string, words: Words): HTMLElement {
  let sort: { readonly column: number; readonly down: boolean } | null = null;
  let all = view.rows.length <= ROWS_FIRST + 2;
  const body = h("tbody");
  const more = button({ class: "quiet more" }, () => {
    all = !all;
    draw();
  });
  const heads = view.columns.map(({ label, align }, column) =>
    h(
      "th",
      { scope: "col", class: align },
      button({ class: "sort" }, () => press(column), label),
    ),
  );
  draw();
  return h(
    "div",
    { class: "table-block" },
    h(
      "div",
      { class: "table-scroll", tabindex: 0, role: "region", "aria-label": words("table") },
      h(
        "table",
        { class: view.columns.length <= 3 ? "data few" : "data" },
        h("thead", {}, h("tr", {}, ...heads)),
        body,
      ),
    ),
    view.rows.length > ROWS_FIRST + 2 ? more : null,
    view.more > 0 ? h("p", { class: "chart-note" }, words("rows_in_csv", { n: view.more })) : null,
  );

  function press(column: number): void {
    const down = view.columns[column]?.align === "right";
    if (sort?.column !== column) sort = { column, down };
    else sort = sort.down === down ? { column, down: !down } : null;
    draw();
  }

  function draw(): void {
    heads.forEach((head, column) => {
      head.setAttribute("aria-sort", sort?.column === column ? (sort.down ? "descending" : "ascending") : "none");
    });
    const rows = sort ? sorted(view, sort.column, sort.down, locale) : view.rows;
    replaceChildren(body, ...(all ? rows : rows.slice(0, ROWS_FIRST)).map((row) => rowOf(view, row)));
    more.textContent = all ? words("fewer_rows") : words("show_rows", { n: view.rows.length });
  }
}

function rowOf(view: TableView, row: readonly string[]): HTMLElement {
  return h(
    "tr",
    {},
    ...row.map((text, column) =>
      column === 0
        ? h("th", { scope: "row", class: view.columns[column]?.align ?? "left" }, text)
        : h("td", { class: view.columns[column]?.align ?? "left" }, text),
    ),
  );
}

/** Numbers by size, words by the locale; a cell without a number comes last either way. */
function sorted(view: TableView, column: number, down: boolean, locale: string): readonly (readonly string[])[] {
  const numeric = view.columns[column]?.align === "right";
  const read = numberReader(locale);
  const compareWords = new Intl.Collator(locale, { numeric: true }).compare;
  return view.rows.toSorted((a, b) => {
    const [left, right] = [a[column] ?? "", b[column] ?? ""];
    if (!numeric) return down ? compareWords(right, left) : compareWords(left, right);
    const [x, y] = [read(left), read(right)];
    if (x === null || y === null) return (x === null ? 1 : 0) - (y === null ? 1 : 0);
    return down ? y - x : x - y;
  });
}

/** Reads back the first number of a cell as its locale writes it: "1.234,5 h" in Indonesian is 1234.5. */
function numberReader(locale: string): (text: string) => number | null {
  const parts = new Intl.NumberFormat(locale).formatToParts(12_345.6);
  const decimal = parts.find(({ type }) => type === "decimal")?.value ?? ".";
  const group = parts.find(({ type }) => type === "group")?.value ?? ",";
  return (text) => {
    const found = /[-−]?\$?\d[\d.,\s]*/.exec(text)?.[0];
    if (!found) return null;
    const plain = found
      .replace("−", "-")
      .replace("$", "")
      .replaceAll(group, "")
      .replace(/\s/g, "")
      .replace(decimal, ".");
    const value = Number.parseFloat(plain);
    return Number.isNaN(value) ? null : value;
  };
}
