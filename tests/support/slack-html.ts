import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

type Block = Record<string, unknown>;
interface Rendering {
  readonly createElement: (component: unknown, props: unknown) => unknown;
  readonly renderToStaticMarkup: (element: unknown) => string;
  readonly Message: unknown;
}

/**
 * Messages as a page, near enough to Slack's client to be looked at: drawn by slack-blocks-to-jsx, which others wrote. It does not
 * know `data_table` yet, so that is drawn as the older `table`. Only for tests.
 */
export function slackPage(
  messages: readonly { readonly text: string; readonly blocks: readonly unknown[]; readonly picture?: Uint8Array }[],
  theme: "light" | "dark" = "light",
): string {
  const { createElement, renderToStaticMarkup, Message } = load();
  const shown = messages.map(({ text, blocks, picture }) => {
    const body =
      blocks.length > 0 ? (blocks as Block[]).map(asKnown) : [{ type: "section", text: { type: "mrkdwn", text } }];
    const html = renderToStaticMarkup(
      createElement(Message, {
        theme,
        blocks: body,
        logo: LOGO,
        name: "modstats",
        time: new Date("2026-03-17T08:00:00Z"),
      }),
    );
    const image = picture
      ? `<img class="upload" src="data:image/png;base64,${Buffer.from(picture).toString("base64")}">`
      : "";
    return `<article>${html}${image}</article>`;
  });
  return `<!doctype html><meta charset="utf-8"><style>${css()}
body{margin:0;padding:16px;font-family:Lato,Arial,sans-serif;${theme === "dark" ? "background:#1a1d21" : ""}}
article{max-width:760px;margin-bottom:24px} .upload{max-width:480px;border-radius:8px;display:block;margin:8px 0 0 44px}</style>${shown.join("\n")}`;
}

function load(): Rendering {
  const require = createRequire(import.meta.url);
  const { createElement } = require("react") as Rendering;
  const { renderToStaticMarkup } = require("react-dom/server") as Rendering;
  const { Message } = require("slack-blocks-to-jsx") as Rendering;
  return { createElement, renderToStaticMarkup, Message };
}

const css = (): string =>
  readFileSync(createRequire(import.meta.url).resolve("slack-blocks-to-jsx/dist/style.css"), "utf8");

/** `verbatim` stops links, not bold and code: the drawing library stops those too. */
const parsed = (text: unknown): unknown =>
  typeof text === "object" && text !== null ? { ...text, verbatim: false } : text;

function asKnown(block: Block): Block {
  if (block.type === "section") return { ...block, text: parsed(block.text) };
  if (block.type !== "data_table") return block;
  const rows = (block.rows as Block[][]).slice(0, Number(block.page_size ?? 5) + 1);
  return { type: "table", rows, column_settings: rows[0]?.map(() => ({ is_wrapped: true })) };
}

const LOGO =
  "data:image/svg+xml;base64," +
  Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="36" height="36"><rect width="36" height="36" rx="6" fill="#0b6e4f"/></svg>',
  ).toString("base64");
