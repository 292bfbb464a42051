import type { types } from "@slack/bolt";
import type { ChartPort } from "../../chat/port.ts";
import type { Note, NoteButton } from "../../chat/post.ts";
import { canonical } from "../../kernel/question.ts";
import { ACTIONS } from "./actions.ts";
import { type Block, button, type ChartBlock, context, header, paragraph, rows, section } from "./blocks.ts";
import { faults } from "./faults.ts";
import { slackLimits } from "./limits.ts";
import { type SlackMessage, type Style, textOnly } from "./render.ts";
import { safe, safeLine, visible } from "./text.ts";

/**
 * Note → message: title, lines, chart, small print, buttons. `plain` has no native chart. What is too long is cut with "…": a note is written
 * to be short.
 */
export function renderNote(note: Note, charts: Pick<ChartPort, "slack">, style: Style): SlackMessage {
  const drawn = note.chart === null ? null : nativeChart(charts.slack(note.chart), style);
  const lines = note.lines.filter(visible);
  const small = note.small.filter(visible).slice(0, slackLimits.context_elements_max);
  const blocks: Block[] = [
    titleBlock(note.title),
    ...(lines.length > 0 ? [paragraph(lines.join("\n"))] : []),
    ...(drawn ? [drawn] : []),
    ...(small.length > 0 ? [context(small)] : []),
    ...rows(note.buttons.slice(0, slackLimits.note_buttons_max).flatMap(buttonOf)),
  ];
  const text =
    safe([note.title, ...lines].filter(visible).join("\n"), slackLimits.fallback_characters_max) || "modstats";
  const pictures = note.chart !== null && !drawn ? [note.chart] : [];
  const message: SlackMessage = { text, blocks, pictures, native: drawn !== null };
  return faults(message).length === 0 ? message : textOnly(message);
}

function titleBlock(title: string): Block {
  const line = visible(title) ? title : "modstats";
  if (safeLine(line, Number.MAX_SAFE_INTEGER).length <= slackLimits.header_characters_max) return header(line);
  // An asterisk in the data must not end the bold.
  return section(`*${safeLine(line.replaceAll("*", "∗"), slackLimits.section_characters_max - 2)}*`);
}

function nativeChart(block: Readonly<Record<string, unknown>> | null, style: Style): ChartBlock | null {
  const chart = block && style === "native" ? ({ ...block, type: "data_visualization" } as const) : null;
  return chart && faults({ text: "-", blocks: [chart] }).length === 0 ? chart : null;
}

function buttonOf({ label, act }: NoteButton, index: number): types.Button[] {
  const [action, value] =
    act.type === "choice"
      ? [ACTIONS.ask, canonical(act.question)]
      : [ACTIONS.verdict, JSON.stringify({ f: act.finding, v: act.verdict })];
  if (!visible(label) || value.length > slackLimits.button_value_characters_max) return [];
  return [button(`${action}:${index}`, label, value)];
}
