import type { Chart, Plugin } from "chart.js";
import type { ChartSpec } from "../kernel/chart-spec.ts";
import { INK, MUTED, PAPER, TEXT } from "./palette.ts";
import { font, type Pen, penOf, shorten, widthOf, wrap, write } from "./pen.ts";
import { chartWords } from "./words.ts";

/** Space in px that a kind of chart wants around its plot, beside the frame's own. */
export interface Room {
  readonly top?: number;
  readonly right?: number;
  readonly bottom?: number;
  readonly left?: number;
}

/** One entry of the small key under the subtitle. */
export interface KeyEntry {
  readonly label: string;
  readonly swatch: (pen: Pen, x: number, y: number) => void;
}

export interface FrameParts {
  readonly room?: (pen: Pen, chart: Chart) => Room;
  readonly key?: readonly KeyEntry[];
  /** Said after the spec's own note. */
  readonly note?: string;
  /** Px beside the note for something else. */
  readonly noteRight?: number;
  readonly empty?: boolean;
}

export const MARGIN = 32;

/**
 * What every chart wears: the finding, what it is of, the note, white paper; and "no data" where there is none. It measures
 * before chart.js lays out, so that the plot gets exactly what the words leave.
 */
export function frame(spec: ChartSpec, parts: FrameParts = {}): Plugin {
  let lines: FrameLines | undefined;
  return {
    id: "frame",
    beforeLayout(chart) {
      const pen = penOf(chart);
      lines = frameLines(pen, spec, parts, chart.width - 2 * MARGIN);
      const room = parts.room?.(pen, chart) ?? {};
      chart.options.layout = {
        padding: {
          top: lines.top + (room.top ?? 0),
          right: MARGIN + (room.right ?? 0),
          bottom: lines.bottom + (room.bottom ?? 0),
          left: MARGIN + (room.left ?? 0),
        },
      };
    },
    beforeDraw(chart) {
      const pen = penOf(chart);
      pen.fillStyle = PAPER;
      pen.fillRect(0, 0, chart.width, chart.height);
    },
    afterDraw(chart) {
      if (lines) drawFrame(penOf(chart), chart, lines, parts);
      if (parts.empty) drawEmpty(penOf(chart), chart, spec.locale);
    },
  };
}

const TITLE = { size: 25, weight: 600, colour: INK } as const;
const SUBTITLE = { size: 16, colour: MUTED } as const;
const NOTE = { size: 14, colour: MUTED } as const;
const KEY = { size: 15, colour: TEXT, baseline: "middle" } as const;
const TITLE_LEADING = 32;
const SUBTITLE_LEADING = 22;
const NOTE_LEADING = 19;
const KEY_HEIGHT = 28;
const SWATCH_WIDTH = 26;

interface FrameLines {
  readonly title: readonly string[];
  readonly subtitle: readonly string[];
  readonly note: readonly string[];
  readonly keyTop: number;
  readonly top: number;
  readonly bottom: number;
}

function frameLines(pen: Pen, spec: ChartSpec, parts: FrameParts, width: number): FrameLines {
  pen.font = font(TITLE.size, TITLE.weight);
  const title = spec.title === "" ? [] : wrap(pen, spec.title, width, 2, spec.locale);
  pen.font = font(SUBTITLE.size);
  const subtitle = spec.subtitle === "" ? [] : wrap(pen, spec.subtitle, width, 2, spec.locale);
  pen.font = font(NOTE.size);
  const said = [spec.note, parts.note].filter((each) => each !== undefined && each !== "").join(" · ");
  const note = said === "" ? [] : wrap(pen, said, width - (parts.noteRight ?? 0), 2, spec.locale);
  const keyTop = 24 + title.length * TITLE_LEADING + subtitle.length * SUBTITLE_LEADING;
  return {
    title,
    subtitle,
    note,
    keyTop,
    top: keyTop + (parts.key && parts.key.length > 0 ? KEY_HEIGHT : 0) + 18,
    bottom: note.length === 0 && !parts.noteRight ? 20 : 24 + Math.max(1, note.length) * NOTE_LEADING,
  };
}

function drawFrame(pen: Pen, chart: Chart, lines: FrameLines, parts: FrameParts): void {
  let y = 24;
  for (const line of lines.title) {
    write(pen, line, MARGIN, y + 22, TITLE); // on its baseline: tops differ between scripts
    y += TITLE_LEADING;
  }
  for (const line of lines.subtitle) {
    write(pen, line, MARGIN, y + 15, SUBTITLE);
    y += SUBTITLE_LEADING;
  }
  drawKey(pen, chart, parts.key ?? [], lines.keyTop + KEY_HEIGHT / 2 + 2);
  const noteBottom = chart.height - 20;
  lines.note.forEach((line, index) => {
    write(pen, line, MARGIN, noteBottom - (lines.note.length - 1 - index) * NOTE_LEADING, NOTE);
  });
}

function drawKey(pen: Pen, chart: Chart, key: readonly KeyEntry[], y: number): void {
  let x = MARGIN;
  for (const { label, swatch } of key) {
    const left = chart.width - MARGIN - x - SWATCH_WIDTH - 8;
    if (left < 40) return;
    swatch(pen, x, y);
    pen.font = font(KEY.size);
    const text = shorten(pen, label, left);
    write(pen, text, x + SWATCH_WIDTH + 8, y, KEY);
    x += SWATCH_WIDTH + 8 + widthOf(pen, text, KEY.size) + 28;
  }
}

function drawEmpty(pen: Pen, chart: Chart, locale: string): void {
  const { left, right, top, bottom } = chart.chartArea;
  write(pen, chartWords(locale).noData, (left + right) / 2, (top + bottom) / 2, {
    size: 22,
    colour: MUTED,
    align: "center",
    baseline: "middle",
  });
}
