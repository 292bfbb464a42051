import type { Note, NoteButton } from "../../chat/post.ts";
import { canonical } from "../../kernel/question.ts";
import { type Button, type Card, type Element, wireBytes } from "./card.ts";
import { BUTTON_VALUE_BYTES_MAX, BUTTONS_MAX, ENVELOPE_BYTES, MESSAGE_BYTES_MAX, TITLE_CHARS_MAX } from "./limits.ts";
import { oneLine, plain, visible } from "./plain.ts";
import type { Post } from "./post.ts";
import { button, type CardChart, chartElement, divOf, flow, plainText, SMALL } from "./render.ts";

const LINES_MAX = 20;
const LINE_CHARS_MAX = 600;

/** Note → card: title, lines, chart, small print, buttons. `mark` is printed small: what the message is found by in a list. */
export function renderNote(note: Note, chart: CardChart, mark: string): Card {
  const card = cardWith(note, chart, mark);
  const fits = wireBytes(card) + ENVELOPE_BYTES <= MESSAGE_BYTES_MAX;
  return fits ? card : cardWith({ ...note, lines: note.lines.slice(0, 5) }, { form: "missing" }, mark);
}

/** The same as text, for when Lark refuses the card. */
export function notePost(note: Note, mark: string): Post {
  const lines = [...note.lines.slice(0, LINES_MAX), ...note.small, mark].filter((line) => visible(line).trim() !== "");
  return {
    title: oneLine(note.title, 200),
    content: lines.map((line) => [{ tag: "text", text: plain(line, LINE_CHARS_MAX) }]),
  };
}

function cardWith(note: Note, chart: CardChart, mark: string): Card {
  const title = oneLine(note.title, TITLE_CHARS_MAX) || "modstats";
  const shown = (lines: readonly string[]): readonly string[] => lines.filter((line) => visible(line).trim() !== "");
  const buttons = note.buttons.flatMap(buttonOf).slice(0, BUTTONS_MAX);
  const elements: readonly Element[] = [
    ...shown(note.lines)
      .slice(0, LINES_MAX)
      .map((line) => divOf(plain(line, LINE_CHARS_MAX), {})),
    ...chartElement(chart),
    ...[...shown(note.small).slice(0, 10), mark].map((line) => divOf(plain(line, LINE_CHARS_MAX), SMALL)),
    ...(buttons.length > 0 ? [{ tag: "hr" } as const, flow(buttons)] : []),
  ];
  return {
    schema: "2.0",
    config: {
      update_multi: true,
      width_mode: "fill",
      enable_forward: true,
      enable_forward_interaction: false,
      summary: { content: title },
    },
    header: { title: plainText(title), template: "blue" },
    body: { direction: "vertical", vertical_spacing: "8px", elements },
  };
}

function buttonOf({ label, act }: NoteButton): Button[] {
  const value = act.type === "choice" ? { q: canonical(act.question) } : { f: act.finding, v: act.verdict };
  return wireBytes(value) <= BUTTON_VALUE_BYTES_MAX ? [button(label, value, "default")] : [];
}
