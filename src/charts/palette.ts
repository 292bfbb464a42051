/**
 * Colours that colour-blind people can tell apart: Okabe & Ito, "Color Universal Design" (2008), without its yellow, which
 * vanishes on white, and with five more for the rare chart of many lines. `text` is the same hue, dark enough to read
 * (contrast ≥ 4.5 on white).
 */
export interface SeriesColour {
  readonly line: string;
  readonly text: string;
}

export const SERIES: readonly SeriesColour[] = [
  { line: "#0072b2", text: "#005f96" },
  { line: "#d55e00", text: "#b04d00" },
  { line: "#009e73", text: "#00734f" },
  { line: "#cc79a7", text: "#9b4577" },
  { line: "#e69f00", text: "#8a5f00" },
  { line: "#56b4e9", text: "#1c6fa3" },
  { line: "#3d4450", text: "#3d4450" },
  { line: "#8c5a2b", text: "#7c4d22" },
  { line: "#6a51a3", text: "#6a51a3" },
  { line: "#7f8f00", text: "#616d00" },
  { line: "#b8336a", text: "#a82b5f" },
  { line: "#4b8f8c", text: "#34706d" },
];

export const seriesColour = (index: number): SeriesColour => SERIES[index % SERIES.length] as SeriesColour;

export const PAPER = "#ffffff";
export const INK = "#16202c";
export const TEXT = "#3b4754";
export const MUTED = "#66727f";
export const AXIS = "#aeb8c2";
export const GRID = "#e8ecf0";
/** The comparison period: there, but behind. */
export const COMPARE = { line: "#9aa5b1", text: "#66727f" } as const satisfies SeriesColour;

/** One hue from light to dark, readable without colour: for heat maps. */
export const SEQUENTIAL = [
  "#eef5fb",
  "#d3e5f3",
  "#b1d1e8",
  "#86b9db",
  "#569dca",
  "#2f80b5",
  "#17649a",
  "#0b4a7a",
  "#06335a",
];
/** Blue below zero, vermillion above. */
export const DIVERGING = [
  "#0b5a91",
  "#4a93c2",
  "#9cc5e2",
  "#dcebf5",
  "#f7f7f7",
  "#fbe3d3",
  "#f2b58c",
  "#de7a38",
  "#b04d00",
];
/** A step of a waterfall: falling blue, rising vermillion as above; pale where it is no more than chance. */
export const STEPS = {
  down: { solid: "#0b5a91", faint: "#9cc5e2" },
  up: { solid: "#d55e00", faint: "#f2b58c" },
} as const;
