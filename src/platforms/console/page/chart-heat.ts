import type { HeatSpec } from "../../../kernel/chart-spec.ts";
import { exact } from "./chart-look.ts";
import { h } from "./dom.ts";

/** Up to so many columns a cell has room for its value. */
const ROOM_COLUMNS_MAX = 8;

/** A heat map as a table: one hue from pale to strong, each cell with its value on hover and for a screen reader. */
export function heatTable(spec: HeatSpec, text: string): HTMLElement {
  const known = spec.values.flat().filter((value) => value !== null);
  const low = Math.min(...known);
  const high = Math.max(...known);
  const room = spec.xLabels.length <= ROOM_COLUMNS_MAX;
  const every = spec.xLabels.length > 12 ? 3 : 1;
  const head = spec.xLabels.map((label, place) =>
    h("th", { scope: "col" }, place % every === 0 ? h("span", {}, label) : h("span", { class: "unseen" }, label)),
  );
  const rows = spec.yLabels.map((name, y) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, name),
      ...spec.xLabels.map((label, x) =>
        cell(spec, spec.values[y]?.[x] ?? null, `${name} ${label}`, { low, high, room }),
      ),
    ),
  );
  return h(
    "div",
    { class: "heat-scroll", tabindex: 0, role: "region", "aria-label": text || spec.title },
    h("table", { class: "heat" }, h("thead", {}, h("tr", {}, h("td"), ...head)), h("tbody", {}, ...rows)),
    known.length > 0 ? scale(exact(low, spec.unit, spec.locale), exact(high, spec.unit, spec.locale)) : null,
  );
}

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly room: boolean;
}

function cell(spec: HeatSpec, value: number | null, where: string, { low, high, room }: Scale): HTMLElement {
  const written = value === null ? "–" : exact(value, spec.unit, spec.locale);
  const text = h("span", { class: room ? null : "unseen" }, written);
  if (value === null)
    return h("td", { title: `${where}: ${written}`, class: "gap" }, h("span", { class: "unseen" }, written));
  const heat = 8 + 92 * (high > low ? (value - low) / (high - low) : 0.5);
  const element = h(
    "td",
    { title: `${where}: ${written}`, class: `${room ? "shown" : ""} ${heat > 58 ? "strong" : ""}` },
    text,
  );
  element.style.setProperty("--heat", `${Math.round(heat)}%`);
  return element;
}

const scale = (low: string, high: string): HTMLElement =>
  h("div", { class: "heat-scale", "aria-hidden": "true" }, h("span", {}, low), h("i"), h("span", {}, high));
