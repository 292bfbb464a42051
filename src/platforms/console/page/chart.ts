import {
  BarController, BarElement, CategoryScale, Chart, Filler, LinearScale, LineController, LineElement, PointElement, Tooltip,
} from "chart.js"; // biome-ignore format: one list
import type { ChartSpec } from "../../../kernel/chart-spec.ts";
import { barConfig, barHeight } from "./chart-bar.ts";
import { heatTable } from "./chart-heat.ts";
import { lineConfig, panelsOf, sharedRange } from "./chart-line.ts";
import { look } from "./chart-look.ts";
import { waterfallConfig, waterfallHeight } from "./chart-waterfall.ts";
import { h } from "./dom.ts";

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
);

/** A chart with its finding as title; `text` is what a screen reader reads instead of the picture. */
export function chartFigure(spec: ChartSpec, text: string): HTMLElement {
  return h(
    "figure",
    { class: `chart chart-${spec.kind}` },
    h(
      "figcaption",
      {},
      h("span", { class: "chart-title" }, spec.title),
      h("span", { class: "chart-subtitle" }, spec.subtitle),
    ),
    legend(spec),
    drawing(spec, text),
    spec.note ? h("p", { class: "chart-note" }, spec.note) : null,
  );
}

function drawing(spec: ChartSpec, text: string): HTMLElement {
  switch (spec.kind) {
    case "line":
      return canvas((mine) => lineConfig(spec, look(mine)), 280, text);
    case "bar":
      return canvas((mine) => barConfig(spec, look(mine)), barHeight(spec), text);
    case "waterfall":
      return canvas((mine) => waterfallConfig(spec, look(mine)), waterfallHeight(spec), text);
    case "heat":
      return heatTable(spec, text);
    case "multiples": {
      const range = sharedRange(spec);
      const panels = panelsOf(spec).map(({ name, line }) =>
        h(
          "div",
          { class: "panel" },
          h("span", { class: "panel-name" }, name),
          canvas((mine) => lineConfig(line, look(mine), range), 120, name),
        ),
      );
      return h("div", { class: "panels", role: "group", "aria-label": text || spec.title }, ...panels);
    }
    default:
      return spec satisfies never;
  }
}

/** Keys for what is drawn in more than one way; a single line needs none. */
function legend(spec: ChartSpec): HTMLElement | null {
  const keys: HTMLElement[] = [];
  if (spec.kind === "line" && spec.series.length > 1)
    spec.series
      .filter(({ role }) => role === "main")
      .forEach(({ name }, place) => {
        keys.push(h("li", { class: `key series-${(place % 7) + 1}` }, name));
      });
  if (spec.kind === "line")
    for (const { name } of spec.series.filter(({ role }) => role === "compare"))
      keys.push(h("li", { class: "key compare" }, name));
  if (spec.kind === "bar" && spec.items.some(({ compare }) => compare !== null && compare !== undefined))
    keys.push(
      h("li", { class: "key series-1 block" }, spec.valueName),
      h("li", { class: "key compare tick" }, spec.compareName ?? ""),
    );
  const named = spec.kind === "line" && spec.series.every(({ role }) => role === "main");
  return keys.length > 0 ? h("ul", { class: named ? "legend named" : "legend" }, ...keys) : null;
}

function canvas(
  config: (mine: HTMLElement) => ConstructorParameters<typeof Chart>[1],
  height: number,
  text: string,
): HTMLElement {
  const element = document.createElement("live-chart") as LiveChart;
  element.style.height = `${height}px`;
  element.config = config;
  element.label = text;
  return element;
}

/** Draws when it enters the page, again when the theme changes, and lets go of its canvas when it leaves. */
class LiveChart extends HTMLElement {
  config: ((mine: HTMLElement) => ConstructorParameters<typeof Chart>[1]) | null = null;
  label = "";
  private chart: { destroy(): void } | null = null;
  private readonly draw = (): void => {
    this.chart?.destroy();
    const surface = h("canvas", { role: "img", "aria-label": this.label });
    this.replaceChildren(surface);
    this.chart = this.config ? new Chart(surface, this.config(this)) : null;
  };

  connectedCallback(): void {
    this.draw();
    document.addEventListener("themechange", this.draw);
  }
  disconnectedCallback(): void {
    document.removeEventListener("themechange", this.draw);
    this.chart?.destroy();
    this.chart = null;
  }
}
customElements.define("live-chart", LiveChart);
