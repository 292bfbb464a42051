import { formatDifference } from "../../../chat/format.ts";
import type { HeatSpec } from "../../../kernel/chart-spec.ts";
import { exact, UNITS } from "./chart-look.ts";
import { h } from "./dom.ts";

/** Up to so many columns a cell has room for its value. */
const ROOM_COLUMNS_MAX = 8;

/** A heat map as a table: one hue from pale to strong (differences: one below zero, another above), each cell with its value on hover and for a screen reader. */
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
    known.length > 0 && !spec.signed ? scale(written(spec, low), written(spec, high)) : null,
  );
}

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly room: boolean;
}

function cell(spec: HeatSpec, value: number | null, where: string, { low, high, room }: Scale): HTMLElement {
  const said = value === null ? "–" : written(spec, value);
  const title = `${where}: ${said}`;
  if (value === null) return h("td", { title, class: "gap" }, h("span", { class: "unseen" }, said));
  const heat = spec.signed
    ? (100 * Math.abs(value)) / (Math.max(Math.abs(low), Math.abs(high)) || 1)
    : 8 + 92 * (high > low ? (value - low) / (high - low) : 0.5);
  const look = `${room ? "shown" : ""} ${heat > 58 ? "strong" : ""} ${spec.signed && value > 0 ? "above" : ""}`;
  const element = h("td", { title, class: look }, h("span", { class: room ? null : "unseen" }, said));
  element.style.setProperty("--heat", `${Math.round(heat)}%`);
  return element;
}

const written = (spec: HeatSpec, value: number): string =>
  spec.signed ? formatDifference(value, UNITS[spec.unit], spec.locale) : exact(value, spec.unit, spec.locale);

const scale = (low: string, high: string): HTMLElement =>
  h("div", { class: "heat-scale", "aria-hidden": "true" }, h("span", {}, low), h("i"), h("span", {}, high));
