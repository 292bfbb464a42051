import type { Answer, TableView } from "../../chat/answer.ts";
import { canonical } from "../../kernel/question.ts";
import {
  type Button,
  type ButtonValue,
  type Card,
  type Div,
  type Element,
  HEADER_COLOURS,
  type PlainText,
  type TableElement,
  wireBytes,
} from "./card.ts";
import {
  BUTTON_LABEL_CHARS_MAX,
  BUTTON_VALUE_BYTES_MAX,
  BUTTONS_MAX,
  CARD_CHARTS_MAX,
  CARD_TABLE_COLUMNS_MAX,
  CARD_TABLE_ROWS_MAX,
  CELL_CHARS_MAX,
  CHART_SPEC_BYTES_MAX,
  CHART_SPECS_BYTES_MAX,
  ENVELOPE_BYTES,
  MESSAGE_BYTES_MAX,
  TABLE_PAGE_ROWS_MAX,
  TITLE_CHARS_MAX,
} from "./limits.ts";
import { oneLine, plain, visible } from "./plain.ts";
import { type LarkWords, WORDS } from "./words.ts";

/** How a chart of the answer travels: as VChart spec, as an uploaded picture, or not at all (its upload failed). */
export type CardChart =
  | { readonly form: "spec"; readonly spec: Readonly<Record<string, unknown>> }
  | { readonly form: "picture"; readonly key: string; readonly alt: string }
  | { readonly form: "missing" };

/**
 * Answer → card JSON 2.0. The title carries the key number, because a client older than 7.20 shows nothing else. What does not fit
 * into 30 KB is left out in the order in which it is missed least, and the card says so.
 * @param thread root message of the thread that the card will stand in; null when the card opens one.
 */
export function renderAnswer(answer: Answer, charts: readonly CardChart[], thread: string | null): Card {
  let smallest: Card | null = null;
  for (const room of rooms(answer, charts)) {
    smallest = cardWithin(answer, charts, thread, room);
    if (wireBytes(smallest) + ENVELOPE_BYTES <= MESSAGE_BYTES_MAX) return smallest;
  }
  if (smallest === null) throw new Error("no room was tried");
  return smallest;
}

/** Which charts go as VChart specs: those that are small enough, in order, as long as all of them together are. True = spec. */
export function chartsThatFit(specs: readonly Readonly<Record<string, unknown>>[]): readonly boolean[] {
  let total = 0;
  return specs.map((spec) => {
    const bytes = wireBytes(spec);
    const fits = bytes <= CHART_SPEC_BYTES_MAX && total + bytes <= CHART_SPECS_BYTES_MAX;
    if (fits) total += bytes;
    return fits;
  });
}

/** How much of each thing a card may hold. */
interface Room {
  readonly charts: number;
  readonly rows: number;
  readonly notes: number;
  readonly buttons: number;
  readonly chars: number;
}

/** Rooms from the widest to one that holds for any answer. Long tables go first (the CSV has them), then pictures, then words. */
function* rooms(answer: Answer, charts: readonly CardChart[]): Generator<Room> {
  const chartsMax = Math.min(CARD_CHARTS_MAX, charts.length);
  const widest: Room = {
    charts: chartsMax,
    rows: Math.min(CARD_TABLE_ROWS_MAX, answer.view?.rows.length ?? 0),
    notes: 20,
    buttons: BUTTONS_MAX,
    chars: 2_000,
  };
  yield widest;
  for (const rows of [100, 50, 30, 20]) if (rows < widest.rows) yield { ...widest, rows };
  const rows = Math.min(20, widest.rows);
  for (let keep = chartsMax - 1; keep >= 0; keep -= 1) yield { ...widest, rows, charts: keep };
  yield { charts: 0, rows: Math.min(10, rows), notes: 6, buttons: 6, chars: 600 };
  yield { charts: 0, rows: Math.min(5, rows), notes: 3, buttons: 4, chars: 240 };
  yield { charts: 0, rows: 0, notes: 2, buttons: 1, chars: 120 };
}

/** What was left out, so that the card can say it. */
interface LeftOut {
  charts: number;
  rows: number;
  columns: number;
  notes: number;
  buttons: number;
  shortened: boolean;
}

function cardWithin(answer: Answer, charts: readonly CardChart[], thread: string | null, room: Room): Card {
  const words = WORDS[answer.language];
  const left: LeftOut = { charts: 0, rows: 0, columns: 0, notes: 0, buttons: 0, shortened: false };
  const [title, rest] = splitHeadline(answer.headline);
  const text = (content: string, style: Style = {}): Div => divOf(fitted(content, room.chars, left), style);

  const elements: Element[] = [];
  if (rest) elements.push(text(rest, { text_size: "heading" }));
  elements.push(...noted(answer.body, room.notes, left).map((line) => text(line)));
  elements.push(...chartElements(charts, room.charts, left));
  if (answer.view) elements.push(...tableElements(answer.view, room.rows, left));
  const findings = answer.findings.map((finding) => `• ${finding.text}`);
  const caveats = answer.caveats.map((caveat) => `⚠ ${caveat.text}`);
  elements.push(...noted(findings, room.notes, left).map((line) => text(line)));
  elements.push(...noted(caveats, room.notes, left).map((line) => text(line, SMALL)));
  const buttons = buttonRows(answer, words, thread, room.buttons, left);
  if (answer.dataLine) elements.push(text(answer.dataLine, SMALL));
  const omission = omissionLine(left, words, answer.receipt !== null);
  if (omission) elements.push(divOf(omission, SMALL));
  if (buttons.length > 0 && elements.length > 0) elements.push({ tag: "hr" });
  elements.push(...buttons);

  return {
    schema: "2.0",
    config: {
      update_multi: true,
      width_mode: "fill",
      enable_forward: true,
      // A forwarded card would ask in a place whose rights are others.
      enable_forward_interaction: false,
      summary: { content: oneLine(answer.headline, TITLE_CHARS_MAX) },
    },
    header: {
      // An empty title is refused.
      title: plainText(oneLine(title, TITLE_CHARS_MAX) || "modstats"),
      ...(answer.echo ? { subtitle: plainText(oneLine(answer.echo, 200)) } : {}),
      template: HEADER_COLOURS[answer.status],
    },
    body: {
      direction: "vertical",
      vertical_spacing: "8px",
      elements: elements.length > 0 ? elements : [{ tag: "hr" }],
    },
  };
}

export type Style = Omit<Div["text"], "tag" | "content">;
export const SMALL: Style = { text_size: "notation", text_color: "grey" };

export const plainText = (content: string): PlainText => ({ tag: "plain_text", content });
export const divOf = (content: string, style: Style): Div => ({
  tag: "div",
  text: { tag: "plain_text", content, ...style },
});

function fitted(content: string, charsMax: number, left: LeftOut): string {
  const whole = plain(content, Number.POSITIVE_INFINITY);
  const short = plain(content, charsMax);
  if (short !== whole) left.shortened = true;
  return short;
}

/** "Overturn rate 6.1 % (312 of 5,118) · ID 4.4 % … VN 9.0 %": the number into the title, the rest under it. */
function splitHeadline(headline: string): readonly [string, string] {
  const at = headline.indexOf(" · ");
  const cut = at > 0 && at <= TITLE_CHARS_MAX ? at : -1;
  if (cut >= 0) return [headline.slice(0, cut), headline.slice(cut + 3)];
  return headline.length <= TITLE_CHARS_MAX ? [headline, ""] : [headline, headline];
}

function noted(lines: readonly string[], max: number, left: LeftOut): readonly string[] {
  const said = lines.filter((line) => visible(line).trim() !== "");
  left.notes += Math.max(0, said.length - max);
  return said.slice(0, max);
}

function chartElements(charts: readonly CardChart[], max: number, left: LeftOut): readonly Element[] {
  const shown = charts.filter((chart) => chart.form !== "missing").slice(0, max);
  left.charts += charts.length - shown.length;
  return shown.flatMap(chartElement);
}

/** A missing chart has no element. */
export function chartElement(chart: CardChart): readonly Element[] {
  switch (chart.form) {
    case "picture": {
      const alt = plainText(plain(chart.alt, 500));
      return [{ tag: "img", img_key: chart.key, alt, scale_type: "fit_horizontal", preview: true }];
    }
    case "spec":
      return [{ tag: "chart", aspect_ratio: "16:9", preview: true, chart_spec: visibleDeep(chart.spec) }];
    case "missing":
      return [];
    default:
      return chart satisfies never;
  }
}

/** A VChart spec comes from data too: the same unseen characters go, and a function cannot survive as the card is JSON. */
function visibleDeep<T>(value: T): T {
  if (typeof value === "string") return visible(value) as T;
  if (Array.isArray(value)) return value.map(visibleDeep) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, visibleDeep(inner)])) as T;
}

function tableElements(view: TableView, rowsMax: number, left: LeftOut): readonly TableElement[] {
  const columns = view.columns.slice(0, CARD_TABLE_COLUMNS_MAX);
  const rows = view.rows.slice(0, rowsMax);
  left.columns += view.columns.length - columns.length;
  left.rows += view.rows.length - rows.length + view.more;
  if (rows.length === 0 || columns.length === 0) return [];
  return [
    {
      tag: "table",
      page_size: Math.min(TABLE_PAGE_ROWS_MAX, rows.length),
      row_height: "low",
      freeze_first_column: columns.length > 4,
      header_style: {
        text_align: "left",
        text_size: "normal",
        background_style: "grey",
        text_color: "grey",
        bold: true,
        lines: 1,
      },
      columns: columns.map((column, index) => ({
        name: `c${index}`,
        display_name: oneLine(column.label, 60),
        data_type: "text",
        width: "auto",
        horizontal_align: column.align,
      })),
      rows: rows.map((row) =>
        Object.fromEntries(columns.map((_, index) => [`c${index}`, oneLine(row[index] ?? "", CELL_CHARS_MAX)])),
      ),
    },
  ];
}

function buttonRows(
  answer: Answer,
  words: LarkWords,
  thread: string | null,
  max: number,
  left: LeftOut,
): readonly Element[] {
  const here = thread === null ? {} : { t: thread };
  const choosing = answer.status === "clarify";
  const steps = answer.next
    .map((step) => ({ label: step.label, value: { q: canonical(step.question), ...here } }))
    .filter((step) => wireBytes(step.value) <= BUTTON_VALUE_BYTES_MAX)
    .slice(0, max);
  left.buttons += answer.next.length - steps.length;
  const asked = steps.map((step, index) =>
    button(step.label, step.value, choosing && index === 0 ? "primary" : "default"),
  );
  const receipt = answer.receipt;
  // A card about a schedule rests on no statement and has no rows.
  const hasNumbers = answer.sql.length > 0 || answer.view !== null || answer.values.length > 0;
  const details =
    receipt && hasNumbers
      ? [
          button(words.showSql, { r: receipt, d: "sql", ...here }, "text"),
          button(words.csv, { r: receipt, d: "csv", ...here }, "text"),
        ]
      : [];
  return [asked, details].filter((row) => row.length > 0).map(flow);
}

export const button = (label: string, value: ButtonValue, type: Button["type"]): Button => ({
  tag: "button",
  type,
  size: type === "text" ? "small" : "medium",
  text: plainText(oneLine(label, BUTTON_LABEL_CHARS_MAX) || "…"),
  behaviors: [{ type: "callback", value }],
});

export const flow = (buttons: readonly Button[]): Element => ({
  tag: "column_set",
  flex_mode: "flow",
  horizontal_spacing: "8px",
  columns: buttons.map((one) => ({ tag: "column", width: "auto", elements: [one] })),
});

function omissionLine(left: LeftOut, words: LarkWords, hasCsv: boolean): string {
  const parts = [
    left.charts > 0 ? `${words.charts} ${left.charts}` : "",
    left.rows > 0 ? `${words.rows} ${left.rows}` : "",
    left.columns > 0 ? `${words.columns} ${left.columns}` : "",
    left.notes > 0 ? `${words.notes} ${left.notes}` : "",
    left.buttons > 0 ? `${words.buttons} ${left.buttons}` : "",
    left.shortened ? words.shortened : "",
  ].filter((part) => part !== "");
  if (parts.length === 0) return "";
  const inCsv = hasCsv && (left.rows > 0 || left.columns > 0) ? ` ${words.csvHasAll}` : "";
  return `${words.leftOut}: ${parts.join(", ")}.${inCsv}`;
}
