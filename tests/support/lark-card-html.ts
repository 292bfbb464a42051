import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Card, Element } from "../../src/platforms/lark/card.ts";

/**
 * A card as a page, near enough to Lark's client to be looked at and clicked through; charts are drawn by the same VChart that Lark uses.
 * Only for tests: `pictures` gives the bytes of `img` keys.
 */
export function cardPage(card: Card, pictures: ReadonlyMap<string, Uint8Array> = new Map()): string {
  const charts: unknown[] = [];
  const body = card.body.elements.map((element) => elementHtml(element, charts, pictures)).join("\n");
  return `<!doctype html><meta charset="utf-8"><style>${fontFaces()}${CSS}</style>
<main><article class="card"><header class="${card.header.template}"><h1>${esc(card.header.title.content)}</h1>
<p>${esc(card.header.subtitle?.content ?? "")}</p></header><section>${body}</section></article></main>
<script>${vchartScript()}</script>
<script>const specs = ${JSON.stringify(charts).replaceAll("<", "\\u003c")};
window.drawn = document.fonts.ready.then(() => Promise.all(specs.map(async (spec, i) => {
  const chart = new VChart.default({ theme: { fontFamily: "Inter, SC, Thai" }, ...spec, animation: false }, { dom: "chart" + i, mode: "desktop-browser" });
  await chart.renderAsync();
})));</script>`;
}

function elementHtml(element: Element, charts: unknown[], pictures: ReadonlyMap<string, Uint8Array>): string {
  switch (element.tag) {
    case "div": {
      const { text_size: size = "normal", text_color: colour = "default", content } = element.text;
      return `<div class="text ${size} ${colour}">${esc(content)}</div>`;
    }
    case "chart":
      charts.push(element.chart_spec);
      return `<div class="chart" id="chart${charts.length - 1}"></div>`;
    case "table": {
      const cells = (row: Readonly<Record<string, string>>): string =>
        element.columns
          .map((column) => `<td class="${column.horizontal_align}">${esc(row[column.name] ?? "")}</td>`)
          .join("");
      const head = element.columns.map(
        (column) => `<th class="${column.horizontal_align}">${esc(column.display_name)}</th>`,
      );
      const page = element.rows.slice(0, element.page_size);
      const pages = Math.ceil(element.rows.length / element.page_size);
      return `<table><tr>${head.join("")}</tr>${page.map((row) => `<tr>${cells(row)}</tr>`).join("")}</table>
${pages > 1 ? `<div class="pager">‹ 1 / ${pages} ›</div>` : ""}`;
    }
    case "img": {
      const bytes = Buffer.from(pictures.get(element.img_key) ?? []).toString("base64");
      return `<img alt="${esc(element.alt.content)}" src="data:image/png;base64,${bytes}">`;
    }
    case "hr":
      return "<hr>";
    case "column_set":
      return `<div class="flow">${element.columns
        .flatMap((column) => column.elements)
        .map((button) => `<button class="${button.type} ${button.size}">${esc(button.text.content)}</button>`)
        .join("")}</div>`;
    default:
      return element satisfies never;
  }
}

const esc = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

function vchartScript(): string {
  const entry = createRequire(import.meta.url).resolve("@visactor/vchart");
  const bundle = entry.replace(/vchart\/.*$/, "vchart/build/index.min.js");
  return readFileSync(bundle, "utf8").replaceAll("</script", "<\\/script");
}

/** The bundled fonts, because a bare machine has none that draws Chinese or Thai. */
function fontFaces(): string {
  const face = (family: string, weight: number, file: string, format: string): string => {
    const bytes = readFileSync(new URL(`../../assets/fonts/${file}`, import.meta.url)).toString("base64");
    return `@font-face { font-family: ${family}; font-weight: ${weight}; src: url(data:font/${format};base64,${bytes}); }\n`;
  };
  return [
    face("Inter", 400, "Inter_400Regular.ttf", "ttf"),
    face("Inter", 600, "Inter_600SemiBold.ttf", "ttf"),
    face("SC", 400, "noto-sans-sc-chinese-simplified-400-normal.woff2", "woff2"),
    face("Thai", 400, "noto-sans-thai-thai-400-normal.woff2", "woff2"),
  ].join("");
}

const CSS = `
body { margin: 0; background: #f5f6f7; font: 14px/1.55 Inter, SC, Thai, sans-serif; color: #1f2329; }
main { max-width: 620px; padding: 16px; }
.card { background: #fff; border: 1px solid #dee0e3; border-radius: 8px; overflow: hidden; }
header { padding: 12px; } header h1 { font-size: 16px; font-weight: 600; margin: 0; line-height: 1.4; } header p { margin: 2px 0 0; color: #646a73; font-size: 13px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.blue { background: #e1eaff; color: #245bdb; } .turquoise { background: #d5f6f2; color: #04756b; } .wathet { background: #d9f3fd; color: #006a96; } .orange { background: #feead2; color: #a44904; } .red { background: #fde2e2; color: #ac2f28; }
section { padding: 12px; display: flex; flex-direction: column; gap: 8px; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; } .heading { font-size: 16px; font-weight: 600; } .notation { font-size: 12px; } .grey { color: #646a73; }
.chart { width: 100%; aspect-ratio: 16 / 9; } img { width: 100%; border-radius: 6px; }
table { border-collapse: collapse; width: 100%; } th { background: #f5f6f7; color: #646a73; } th, td { padding: 5px 10px; border: 1px solid #dee0e3; text-align: left; } .right { text-align: right; }
.pager { text-align: right; color: #646a73; font-size: 12px; } hr { border: 0; border-top: 1px solid #dee0e3; width: 100%; margin: 4px 0; }
.flow { display: flex; flex-wrap: wrap; gap: 8px; } button { font: inherit; padding: 4px 11px; border-radius: 6px; border: 1px solid #d0d3d6; background: #fff; } button.primary { background: #3370ff; color: #fff; border-color: #3370ff; } button.text { border: 0; color: #3370ff; font-size: 12px; padding: 2px 4px; }
`;
