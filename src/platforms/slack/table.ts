import type { types } from "@slack/bolt";
import type { TableView } from "../../chat/answer.ts";
import { slackLimits } from "./limits.ts";
import { safe, safeLine } from "./text.ts";

/** What a message shows of a view; what is left out is counted so that it can be said. */
export interface Shown<T> {
  readonly blocks: readonly T[];
  readonly rowsLeft: number;
  readonly columnsLeft: number;
}

/** A native table that people can sort and page. `caption` is what a screen reader reads first. */
export function nativeTable(view: TableView, caption: string, rowsMax: number): Shown<types.DataTableBlock> {
  const columns = view.columns.slice(0, slackLimits.table_columns_max);
  const shown = view.rows.slice(0, Math.min(rowsMax, slackLimits.table_rows_max));
  const left = {
    rowsLeft: view.rows.length - shown.length + view.more,
    columnsLeft: view.columns.length - columns.length,
  };
  if (columns.length === 0 || shown.length === 0) return { blocks: [], ...left };
  const block: types.DataTableBlock = {
    type: "data_table",
    caption: safeLine(caption, 250) || "–",
    page_size: Math.min(Math.max(shown.length, 1), slackLimits.table_page_rows_max),
    rows: [
      columns.map((column) => cell(column.label)),
      ...shown.map((row) => columns.map((_, index) => cell(row[index] ?? ""))),
    ],
  };
  return { blocks: [block], ...left };
}

/** The same in aligned monospace columns; a table longer than a section goes on in the next block. */
export function textTable(view: TableView, rowsMax: number): Shown<types.SectionBlock> {
  const columns = view.columns.slice(0, slackLimits.table_columns_max);
  const shown = view.rows.slice(0, Math.min(rowsMax, slackLimits.table_rows_max));
  const cells = [columns.map((column) => column.label), ...shown].map((row) =>
    columns.map((_, index) => clean(row[index] ?? "")),
  );
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => width(row[index] ?? ""))));
  const lines = cells.map((row) =>
    row
      .map((text, index) => pad(text, widths[index] ?? 0, columns[index]?.align ?? "left"))
      .join("  ")
      .trimEnd(),
  );
  return {
    blocks: fenced(lines),
    rowsLeft: view.rows.length - shown.length + view.more,
    columnsLeft: view.columns.length - columns.length,
  };
}

/** Lines in code fences, as many to a section as fit. */
export function fenced(lines: readonly string[]): types.SectionBlock[] {
  const room = slackLimits.section_characters_max - 8;
  const parts: string[][] = [];
  let used = room + 1;
  for (const line of lines) {
    const text = safe(line.replaceAll("```", "'''"), room);
    if (used + text.length + 1 > room) {
      parts.push([]);
      used = 0;
    }
    parts.at(-1)?.push(text);
    used += text.length + 1;
  }
  return parts.map((part) => ({
    type: "section",
    text: { type: "mrkdwn", text: `\`\`\`\n${part.join("\n")}\n\`\`\``, verbatim: true },
  }));
}

/** An empty cell is refused. */
const cell = (text: string): types.RawTextElement => ({
  type: "raw_text",
  text: safeLine(text, slackLimits.cell_characters_max) || "–",
});

/** One line, cut; escaping comes later, for it must not count for the alignment. */
function clean(text: string): string {
  const line = text.replace(/\s+/gu, " ").trim();
  return [...line].length <= 60 ? line : `${[...line].slice(0, 59).join("")}…`;
}

function pad(text: string, to: number, align: "left" | "right"): string {
  const space = " ".repeat(Math.max(0, to - width(text)));
  return align === "right" ? space + text : text + space;
}

/** Columns of a monospace font: East Asian wide characters take two, combining marks none. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{Mn}|\p{Cf}|\p{Cc}/u.test(character)) continue;
    columns +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return columns;
}
