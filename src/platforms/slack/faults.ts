import type { Block } from "./blocks.ts";
import { slackLimits } from "./limits.ts";

/**
 * What Slack would refuse about a message, each as one line; empty = sendable. Slack itself only says `invalid_blocks`.
 * Source: docs.slack.dev, Block Kit reference.
 */
export function faults(message: { readonly text: string; readonly blocks: readonly Block[] }): string[] {
  const found: string[] = [];
  const say = (problem: string | false): void => {
    if (problem) found.push(problem);
  };
  say(message.text.trim() === "" && "text is empty");
  say(size(message) > slackLimits.message_characters_max && "message too long");
  say(message.blocks.length > slackLimits.blocks_max && "too many blocks");
  const ids = new Set<string>();
  let charts = 0;
  for (const block of message.blocks) {
    switch (block.type) {
      case "header":
        say(outside(textOf(block.text), 1, slackLimits.header_characters_max) && "header text");
        break;
      case "section":
        say(outside(textOf(block.text), 1, slackLimits.section_characters_max) && "section text");
        break;
      case "context":
        say(outside(block.elements, 1, slackLimits.context_elements_max) && "context elements");
        for (const element of block.elements)
          say(outside(textOf(element), 1, slackLimits.context_characters_max) && "context text");
        break;
      case "actions":
        say(outside(block.elements, 1, 25) && "actions elements");
        for (const element of block.elements) {
          if (element.type !== "button") continue;
          say(outside(element.text.text, 1, slackLimits.button_label_characters_max) && "button label");
          say(outside(element.value ?? "", 0, slackLimits.button_value_characters_max) && "button value");
          say(ids.has(element.action_id ?? "") && "two buttons with one action_id");
          ids.add(element.action_id ?? "");
        }
        break;
      case "data_table":
        say(tableFault(block.rows));
        break;
      case "data_visualization":
        charts += 1;
        say(chartFault(block));
        break;
      default:
        break;
    }
  }
  say(charts > slackLimits.native_charts_max && "too many charts");
  return found;
}

/** Characters of a message as Slack counts them, near enough. */
export const size = (message: { readonly text: string; readonly blocks: readonly Block[] }): number =>
  message.text.length + JSON.stringify(message.blocks).length;

const outside = (value: string | readonly unknown[], min: number, max: number): boolean =>
  value.length < min || value.length > max;

const textOf = (element: unknown): string =>
  typeof element === "object" && element !== null && "text" in element && typeof element.text === "string"
    ? element.text
    : "";

function tableFault(rows: readonly (readonly unknown[])[]): string | false {
  const columns = rows[0]?.length ?? 0;
  if (outside(rows, 2, slackLimits.table_rows_max + 1)) return "table rows";
  if (columns < 1 || columns > slackLimits.table_columns_max) return "table columns";
  if (rows.some((row) => row.length !== columns)) return "ragged table";
  const cells = rows.flat().map(textOf);
  if (cells.some((text) => text === "")) return "empty cell";
  return cells.join("").length > slackLimits.table_characters_max && "table text";
}

interface Series {
  readonly name?: unknown;
  readonly data?: readonly { readonly label?: unknown; readonly value?: unknown }[];
}
/** title ≤ 50; 1–12 series with distinct names ≤ 20, 1–20 categories, every series one finite value for each. */
function chartFault(block: { readonly [key: string]: unknown }): string | false {
  const chart = block.chart as
    | {
        type?: unknown;
        series?: readonly Series[];
        segments?: readonly unknown[];
        axis_config?: { categories?: readonly unknown[] };
      }
    | undefined;
  if (typeof block.title !== "string" || outside(block.title, 1, 50)) return "chart title";
  if (chart?.type === "pie") return outside(chart.segments ?? [], 1, 12) && "chart segments";
  const categories = chart?.axis_config?.categories ?? [];
  const series = chart?.series ?? [];
  if (outside(categories, 1, 20) || categories.some((name) => typeof name !== "string" || outside(name, 1, 20)))
    return "chart categories";
  if (new Set(categories).size !== categories.length) return "chart categories twice";
  if (outside(series, 1, 12)) return "chart series";
  if (series.some(({ name }) => typeof name !== "string" || outside(name, 1, 20))) return "chart series name";
  if (new Set(series.map(({ name }) => name)).size !== series.length) return "chart series names twice";
  const complete = series.every(
    ({ data = [] }) =>
      data.length === categories.length &&
      data.every(({ label, value }, index) => label === categories[index] && Number.isFinite(value)),
  );
  return !complete && "chart points";
}
