import type { types } from "@slack/bolt";
import type { Answer, Language, TableView } from "../../chat/answer.ts";
import type { ChartPort, Reply } from "../../chat/port.ts";
import type { ChartSpec } from "../../kernel/chart-spec.ts";
import { ACTIONS } from "./actions.ts";
import {
  type Block,
  button,
  type ChartBlock,
  context,
  formButton,
  header,
  paragraph,
  rows,
  section,
  steps,
} from "./blocks.ts";
import { faults, size } from "./faults.ts";
import { slackLimits } from "./limits.ts";
import { fenced, nativeTable, type Shown, textTable } from "./table.ts";
import { safe, safeLine, visible } from "./text.ts";
import { type Words, wordsIn } from "./words.ts";

/** What is sent with chat.postMessage, and what is uploaded into its thread afterwards. */
export interface SlackMessage {
  /** Notification and screen reader: says headline and echo by itself. */
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly pictures: readonly ChartSpec[];
  /** True when `blocks` has a native chart or table, which an older or stricter Slack may refuse. */
  readonly native: boolean;
}
export type Style = "native" | "plain";
type NativeCharts = Pick<ChartPort, "slack">;

/**
 * Answer → message within Slack's limits; what does not fit is left out in a fixed order (table rows, paragraphs, caveats) and every
 * omission is said in the message. `plain` has no native chart and table, and says why.
 */
export function renderAnswer(answer: Answer, charts: NativeCharts, style: Style): SlackMessage {
  let room: Room = {
    rows: slackLimits.table_rows_max,
    paragraphs: 20,
    notes: slackLimits.context_elements_max,
    steps: slackLimits.next_steps_max,
  };
  for (;;) {
    const message = compose(answer, charts, style, room);
    const problems = faults(message);
    if (problems.length === 0) return message;
    const smaller = tighten(room, answer, size(message));
    if (smaller) {
      room = smaller;
      continue;
    }
    return style === "native" ? renderAnswer(answer, charts, "plain") : textOnly(message);
  }
}

/** The same message without any block: the last resort that Slack cannot refuse for its form. */
export const textOnly = (message: SlackMessage): SlackMessage => ({ ...message, blocks: [], native: false });

/** One sentence. */
export function renderNotice(text: string): SlackMessage {
  const words = visible(text) ? text : "…";
  return {
    text: safe(words, slackLimits.fallback_characters_max),
    blocks: [paragraph(words)],
    pictures: [],
    native: false,
  };
}

/** One of our own sentences, which may name a command in code. */
export const renderHint = (sentence: string): SlackMessage => ({
  text: sentence,
  blocks: [section(sentence)],
  pictures: [],
  native: false,
});

/** Statements as code; null when they are too long for a message and have to go as a file. */
export function renderSql(reply: Extract<Reply, { type: "sql" }>, language: Language): SlackMessage | null {
  const title = safeLine(reply.title, slackLimits.section_characters_max);
  if (reply.statements.length === 0) return renderNotice(wordsIn(language).sqlEmpty);
  const blocks: Block[] = [
    section(bold(reply.title)),
    ...reply.statements.flatMap(({ text, params }): Block[] => [
      ...fenced(text.split("\n")),
      ...(visible(params) ? [context([params])] : []),
    ]),
  ];
  const message = { text: title, blocks, pictures: [], native: false };
  const length = reply.statements.reduce((sum, { text }) => sum + text.length, 0);
  return length <= slackLimits.sql_in_message_characters_max && faults(message).length === 0 ? message : null;
}

/** The same statements as the text of a file. */
export const sqlFile = (reply: Extract<Reply, { type: "sql" }>): string =>
  reply.statements
    .map(({ text, params }) => `${text}\n${params ? `-- ${params.replace(/\s+/gu, " ")}\n` : ""}`)
    .join("\n;\n\n");

interface Room {
  readonly rows: number;
  readonly paragraphs: number;
  readonly notes: number;
  readonly steps: number;
}

function compose(answer: Answer, charts: NativeCharts, style: Style, room: Room): SlackMessage {
  const words = wordsIn(answer.language);
  const drawn = drawCharts(answer.charts, charts, style);
  const shown = answer.view && drawTable(answer.view, answer.headline, style, room.rows);
  const next = steps(answer.next, room.steps, answer.status === "clarify");
  const omissions = [
    ...(style === "plain" && (answer.charts.length > 0 || answer.view) ? [words.nativeRefused] : []),
    ...said(shown?.rowsLeft ?? 0, words.moreRows),
    ...said(shown?.columnsLeft ?? 0, words.moreColumns),
    ...(paragraphs(answer).length > room.paragraphs ? [words.textCut] : []),
    ...said(answer.caveats.length - room.notes, words.moreNotes),
    ...said(next.left, words.moreSteps),
    ...said(drawn.left, words.morePictures),
  ];
  const blocks: Block[] = [
    ...headline(answer.headline),
    ...when(answer.echo, (echo) => context([echo])),
    ...paragraphs(answer).slice(0, room.paragraphs).map(paragraph),
    ...drawn.blocks,
    ...(shown?.blocks ?? []),
    ...notes(answer.caveats.slice(0, room.notes).map((caveat) => `⚠ ${caveat.text}`)),
    ...notes(omissions),
    ...notes([[answer.dataLine, answer.receipt ?? ""].filter((part) => part !== "").join(" · ")]),
    ...rows(next.buttons),
    ...rows(details(answer, words)),
  ];
  const text = safe([answer.headline, answer.echo].filter(visible).join("\n"), slackLimits.fallback_characters_max);
  const native = drawn.blocks.length > 0 || (style === "native" && (shown?.blocks.length ?? 0) > 0);
  return { text: text || "modstats", blocks, pictures: drawn.pictures, native };
}

const drawTable = (view: TableView, caption: string, style: Style, rowsMax: number): Shown<Block> =>
  style === "native" ? nativeTable(view, caption, rowsMax) : textTable(view, rowsMax);

/** Halves what is largest first; null when there is nothing left to give. */
function tighten(room: Room, answer: Answer, characters: number): Room | null {
  const rowsNow = Math.min(room.rows, answer.view?.rows.length ?? 0);
  const excess = characters / slackLimits.message_characters_max;
  if (rowsNow > 5)
    return { ...room, rows: Math.max(5, Math.min(rowsNow - 1, Math.floor(rowsNow / Math.max(excess, 1.1)))) };
  if (room.paragraphs > 1 && paragraphs(answer).length > 1)
    return { ...room, paragraphs: Math.min(room.paragraphs, paragraphs(answer).length) - 1 };
  if (room.notes > 2 && answer.caveats.length > 2)
    return { ...room, notes: Math.min(room.notes, answer.caveats.length) - 1 };
  if (room.steps > 3 && answer.next.length > 3) return { ...room, steps: Math.min(room.steps, answer.next.length) - 1 };
  if (rowsNow > 0) return { ...room, rows: rowsNow - 1 };
  if (room.steps > 0 && answer.next.length > 0) return { ...room, steps: Math.min(room.steps, answer.next.length) - 1 };
  return null;
}

/** Charts that Slack draws itself, and those that go as pictures. */
function drawCharts(
  specs: readonly ChartSpec[],
  charts: NativeCharts,
  style: Style,
): { blocks: ChartBlock[]; pictures: ChartSpec[]; left: number } {
  const blocks: ChartBlock[] = [];
  const pictures: ChartSpec[] = [];
  for (const spec of specs) {
    const block = style === "native" && blocks.length < slackLimits.native_charts_max ? charts.slack(spec) : null;
    const chart = block && ({ ...block, type: "data_visualization" } as const);
    if (chart && faults({ text: "-", blocks: [chart] }).length === 0) blocks.push(chart);
    else pictures.push(spec);
  }
  return {
    blocks,
    pictures: pictures.slice(0, slackLimits.pictures_max),
    left: Math.max(0, pictures.length - slackLimits.pictures_max),
  };
}

/** The number large, what it consists of under it: "Overturn rate 6.1 % (312 of 5,118)" / "ID 4.4 % … VN 9.0 %". */
function headline(text: string): Block[] {
  const line = visible(text) ? text.trim() : "modstats";
  const cut = line.indexOf(" · ");
  const first = cut > 0 ? line.slice(0, cut) : line;
  if (safeLine(first, Number.MAX_SAFE_INTEGER).length > slackLimits.header_characters_max) return [section(bold(line))];
  return [header(first), ...when(cut > 0 ? line.slice(cut + 3) : "", paragraph)];
}

/** An asterisk in the data must not end the bold. */
const bold = (text: string): string =>
  `*${safeLine(text.replaceAll("*", "∗"), slackLimits.section_characters_max - 2)}*`;

const paragraphs = (answer: Answer): string[] => {
  const findings = answer.findings
    .map((finding) => finding.text)
    .filter((text) => visible(text) && !answer.headline.includes(text));
  return [
    ...answer.body.filter(visible),
    ...(findings.length > 0 ? [findings.map((text) => `• ${text}`).join("\n")] : []),
  ];
};

function details(answer: Answer, words: Words): types.Button[] {
  const receipt = answer.receipt;
  const asksForHelp = answer.status !== "answered";
  return [
    ...(receipt && answer.sql.length > 0 ? [button(ACTIONS.sql, words.showSql, receipt)] : []),
    ...(receipt && answer.table.rows.length > 0 ? [button(ACTIONS.csv, words.csv, receipt)] : []),
    ...(asksForHelp ? [formButton(words.build)] : []),
  ];
}

function notes(lines: readonly string[]): types.ContextBlock[] {
  const spoken = lines.filter(visible);
  return Array.from({ length: Math.ceil(spoken.length / slackLimits.context_elements_max) }, (_, part) =>
    context(spoken.slice(part * slackLimits.context_elements_max, (part + 1) * slackLimits.context_elements_max)),
  );
}

const said = (count: number, sentence: (count: number) => string): string[] => (count > 0 ? [sentence(count)] : []);
const when = (text: string, make: (text: string) => Block): Block[] => (visible(text) ? [make(text)] : []);
