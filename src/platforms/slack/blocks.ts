import type { types } from "@slack/bolt";
import type { NextStep } from "../../chat/answer.ts";
import { canonical } from "../../kernel/question.ts";
import { ACTIONS } from "./actions.ts";
import { slackLimits } from "./limits.ts";
import { type SafeText, safe, safeLine, visible } from "./text.ts";

/** Native chart: not in @slack/types yet. Made by the chart port, checked in `faults.ts`. */
export interface ChartBlock {
  readonly type: "data_visualization";
  readonly [key: string]: unknown;
}
export type Block = types.KnownBlock | ChartBlock;

/** `verbatim`: Slack makes no link, mention or channel out of what merely looks like one. */
const mrkdwn = (text: SafeText | string): types.MrkdwnElement => ({ type: "mrkdwn", text, verbatim: true });
const plain = (text: string, max: number): types.PlainTextElement => ({
  type: "plain_text",
  text: safeLine(text, max),
  emoji: false,
});

export const header = (text: string): types.HeaderBlock => ({
  type: "header",
  text: plain(text, slackLimits.header_characters_max),
});
/** A paragraph of plain text: what looks like markup stays as it is. */
export const paragraph = (text: string): types.SectionBlock => ({
  type: "section",
  text: { type: "plain_text", text: safe(text, slackLimits.section_characters_max), emoji: false },
});
export const section = (text: SafeText | string): types.SectionBlock => ({ type: "section", text: mrkdwn(text) });
export const context = (lines: readonly string[]): types.ContextBlock => ({
  type: "context",
  elements: lines.map((line) => plain(line, slackLimits.context_characters_max)),
});

export function button(actionId: string, label: string, value: string, primary = false): types.Button {
  const text = plain(label, slackLimits.button_label_characters_max);
  return { type: "button", action_id: actionId, text, value, ...(primary ? { style: "primary" as const } : {}) };
}
export const formButton = (label: string): types.Button => button(ACTIONS.form, label, "open");

export const rows = (buttons: readonly types.Button[]): types.ActionsBlock[] =>
  Array.from({ length: Math.ceil(buttons.length / slackLimits.buttons_a_row_max) }, (_, row) => ({
    type: "actions",
    elements: buttons.slice(row * slackLimits.buttons_a_row_max, (row + 1) * slackLimits.buttons_a_row_max),
  }));

/** Buttons of complete Questions; `left` counts those whose Question is longer than a button's value. */
export function steps(
  next: readonly NextStep[],
  max: number,
  primary = false,
): { buttons: types.Button[]; left: number } {
  const buttons = next
    .map(({ label, question }) => ({ label, value: canonical(question) }))
    .filter(({ label, value }) => visible(label) && value.length <= slackLimits.button_value_characters_max)
    .slice(0, max)
    .map(({ label, value }, index) => button(`${ACTIONS.ask}:${index}`, label, value, primary && index === 0));
  return { buttons, left: next.length - buttons.length };
}
