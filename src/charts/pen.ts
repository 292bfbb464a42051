import type { SKRSContext2D } from "@napi-rs/canvas";
import type { Chart } from "chart.js";

/** Drawing on a chart's canvas, typed by the canvas that we draw on, for the DOM's types are not loaded. */
export type Pen = SKRSContext2D;

export const penOf = (chart: Chart): Pen => chart.ctx as unknown as Pen;

/** Inter draws Latin, Vietnamese, Cyrillic, ₫ ▲ ▼ ≈ → ●; the others follow glyph by glyph. */
export const FAMILY = "Inter, 'Noto Sans SC', 'Noto Sans Thai'";
export const font = (size: number, weight: 400 | 600 = 400): string => `${weight} ${size}px ${FAMILY}`;

export interface TextStyle {
  readonly size: number;
  readonly weight?: 400 | 600;
  readonly colour: string;
  readonly align?: "left" | "right" | "center";
  readonly baseline?: "top" | "middle" | "alphabetic" | "bottom";
}

export function write(pen: Pen, text: string, x: number, y: number, style: TextStyle): void {
  pen.font = font(style.size, style.weight);
  pen.fillStyle = style.colour;
  pen.textAlign = style.align ?? "left";
  pen.textBaseline = style.baseline ?? "alphabetic";
  pen.fillText(text, x, y);
}

export function widthOf(pen: Pen, text: string, size: number, weight: 400 | 600 = 400): number {
  pen.font = font(size, weight);
  return pen.measureText(text).width;
}

/** The text, cut with "…" where it is wider than `width` at the pen's font. */
export function shorten(pen: Pen, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  const letters = [...text];
  let low = 0;
  let high = letters.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (pen.measureText(`${letters.slice(0, middle).join("").trimEnd()}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return `${letters.slice(0, low).join("").trimEnd()}…`;
}

/** Lines no wider than `width`, broken where the language breaks words (Chinese and Thai have no spaces); the last one is cut. */
export function wrap(pen: Pen, text: string, width: number, linesMax: number, locale: string): string[] {
  if (pen.measureText(text).width <= width) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of wordsOf(text, locale)) {
    if (line !== "" && pen.measureText((line + word).trimEnd()).width > width && lines.length < linesMax - 1) {
      lines.push(line.trimEnd());
      line = word.trimStart();
    } else line += word;
  }
  lines.push(shorten(pen, line.trimEnd(), width));
  return lines;
}

/** Words with the space and punctuation that follow them, so that no line begins with a full stop. */
function wordsOf(text: string, locale: string): string[] {
  const words: string[] = [];
  for (const { segment, isWordLike } of new Intl.Segmenter(locale, { granularity: "word" }).segment(text)) {
    const before = words.at(-1);
    const opens = before !== undefined && /[([{“‘«$#@]$/.test(before);
    if (
      before === undefined ||
      (isWordLike && !opens && /[\s\p{Script=Han}\p{Script=Thai}，。、：）]$/u.test(before))
    ) {
      words.push(segment);
    } else words[words.length - 1] = before + segment;
  }
  return words;
}
