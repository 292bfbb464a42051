import type { Answer } from "../../chat/answer.ts";
import type { Verdict } from "../../chat/verdict.ts";

/**
 * The part of Lark's card JSON 2.0 that we use (an unknown property is an error there, so the types are closed). Data values live in
 * `plain_text` and in table cells of `data_type: "text"`, neither of which reads markup; there is no markdown element at all.
 */
export interface Card {
  readonly schema: "2.0";
  readonly config: {
    readonly update_multi: true;
    readonly width_mode: "fill";
    readonly enable_forward: true;
    readonly enable_forward_interaction: false;
    readonly summary: { readonly content: string };
  };
  readonly header: {
    readonly title: PlainText;
    readonly subtitle?: PlainText;
    readonly template: HeaderColour;
    readonly padding?: string;
  };
  readonly body: {
    readonly direction: "vertical";
    readonly vertical_spacing: string;
    readonly elements: readonly Element[];
  };
}

export type HeaderColour = "blue" | "wathet" | "turquoise" | "orange" | "red";
export type Element = Div | ChartElement | TableElement | Picture | ColumnSet | Rule;

export interface PlainText {
  readonly tag: "plain_text";
  readonly content: string;
}
export interface Div {
  readonly tag: "div";
  readonly text: PlainText & {
    readonly text_size?: "heading" | "normal" | "notation";
    readonly text_color?: "default" | "grey";
  };
  readonly margin?: string;
}
export interface ChartElement {
  readonly tag: "chart";
  readonly aspect_ratio: "16:9" | "4:3" | "2:1" | "1:1";
  readonly preview: true;
  readonly chart_spec: Readonly<Record<string, unknown>>;
}
export interface TableElement {
  readonly tag: "table";
  readonly page_size: number;
  readonly row_height: "low" | "middle" | "high";
  readonly freeze_first_column: boolean;
  readonly header_style: {
    readonly text_align: "left" | "right";
    readonly text_size: "normal";
    readonly background_style: "grey" | "none";
    readonly text_color: "grey" | "default";
    readonly bold: boolean;
    readonly lines: number;
  };
  readonly columns: readonly {
    readonly name: string;
    readonly display_name: string;
    readonly data_type: "text";
    readonly width: string;
    readonly horizontal_align: "left" | "right";
  }[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}
export interface Picture {
  readonly tag: "img";
  readonly img_key: string;
  readonly alt: PlainText;
  readonly scale_type: "fit_horizontal";
  readonly preview: true;
}
export interface Rule {
  readonly tag: "hr";
}
export interface ColumnSet {
  readonly tag: "column_set";
  readonly flex_mode: "flow" | "none";
  readonly horizontal_spacing: string;
  readonly columns: readonly {
    readonly tag: "column";
    readonly width: "auto" | "weighted";
    readonly weight?: number;
    readonly elements: readonly Button[];
  }[];
}
export interface Button {
  readonly tag: "button";
  readonly type: "default" | "primary" | "text";
  readonly size: "small" | "medium";
  readonly width?: "fill" | "default";
  readonly text: PlainText;
  readonly behaviors: readonly [{ readonly type: "callback"; readonly value: ButtonValue }];
}

/** What a button carries: a canonical Question, or a receipt with the detail wanted; and the root of the thread that it stands in. */
export type ButtonValue =
  | { readonly q: string; readonly t?: string }
  | { readonly r: string; readonly d: "sql" | "csv"; readonly t?: string }
  /** A finding and what the person says of it. */
  | { readonly f: string; readonly v: Verdict };

export const HEADER_COLOURS: Readonly<Record<Answer["status"], HeaderColour>> = {
  answered: "blue",
  clarify: "turquoise",
  help: "wathet",
  refused: "orange",
  fault: "red",
};

/** Bytes of a message's content as it travels: JSON inside a JSON string. */
export function wireBytes(content: unknown): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(content)));
}
