import { createRequire } from "node:module";
import { join } from "node:path";
import type { SKRSContext2D } from "@napi-rs/canvas";

/** VChart's own Node mode on the shim of `canvas`: what a Lark client would show for a card's chart, as PNG. */
export function vchartPicture(spec: Readonly<Record<string, unknown>>, width = 600, height = 380): Uint8Array {
  const chart = new VChart(
    { ...spec, width, height, background: "#ffffff", theme: { fontFamily: "Inter, 'Noto Sans SC', 'Noto Sans Thai'" } },
    { mode: "node", modeParams: forgivingCanvas(), animation: false, dpr: 2 },
  );
  try {
    chart.renderSync();
    return chart.getImageBuffer();
  } finally {
    chart.release();
  }
}

const require = createRequire(import.meta.url);
const canvas = require("canvas") as {
  createCanvas(width: number, height: number): { getContext(kind: "2d"): SKRSContext2D };
  registerFont(path: string, face: { family: string }): void;
};
const { VChart } = require("@visactor/vchart") as {
  VChart: new (spec: object, options: object) => { renderSync(): void; getImageBuffer(): Uint8Array; release(): void };
};

const fonts = join(import.meta.dirname, "..", "..", "assets", "fonts");
canvas.registerFont(join(fonts, "Inter_400Regular.ttf"), { family: "Inter" });
canvas.registerFont(join(fonts, "noto-sans-sc-chinese-simplified-400-normal.woff2"), { family: "Noto Sans SC" });
canvas.registerFont(join(fonts, "noto-sans-thai-thai-400-normal.woff2"), { family: "Noto Sans Thai" });

/** VChart sets an empty font and a dash of [0], which a browser ignores and Skia refuses. */
function forgivingCanvas() {
  return {
    ...canvas,
    createCanvas: (width: number, height: number) => {
      const made = canvas.createCanvas(width, height);
      const context = made.getContext("2d");
      const font = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(context), "font");
      Object.defineProperty(context, "font", {
        get: () => font?.get?.call(context),
        set: (value: string) => value !== "" && font?.set?.call(context, value),
      });
      const setLineDash = context.setLineDash.bind(context);
      context.setLineDash = (dash: number[]) => setLineDash(dash.some((each) => each > 0) ? dash : []);
      return made;
    },
  };
}
