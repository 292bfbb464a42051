import { h } from "./dom.ts";

/** Slack's mrkdwn and Lark's markdown → elements. One pass, no nesting beyond what is marked; unknown marks stay as they are typed. */
export function markup(text: string, dialect: "slack" | "lark"): Node[] {
  return text
    .split("\n")
    .flatMap((line, place) => (place === 0 ? inline(line, dialect) : [h("br"), ...inline(line, dialect)]));
}

const MARKS = {
  slack:
    /```([^`]{1,4000})```|`([^`\n]{1,1000})`|\*([^*\n]{1,1000})\*|\b_([^_\n]{1,1000})_\b|~([^~\n]{1,1000})~|<([^<>\n]{1,2000})>/g,
  lark: /```([^`]{1,4000})```|`([^`\n]{1,1000})`|\*\*([^*\n]{1,1000})\*\*|\*([^*\n]{1,1000})\*|~~([^~\n]{1,1000})~~|<([^<>\n]{1,2000})>/g,
} as const;

function inline(line: string, dialect: "slack" | "lark"): Node[] {
  const nodes: Node[] = [];
  let end = 0;
  for (const found of line.matchAll(MARKS[dialect])) {
    nodes.push(text(line.slice(end, found.index)));
    nodes.push(marked(found));
    end = found.index + found[0].length;
  }
  nodes.push(text(line.slice(end)));
  return nodes;
}

function marked([whole, fence, code, strong, soft, struck, angle]: RegExpMatchArray): Node {
  if (fence !== undefined) return h("pre", {}, unescaped(fence));
  if (code !== undefined) return h("code", {}, unescaped(code));
  if (strong !== undefined) return h("strong", {}, unescaped(strong));
  if (soft !== undefined) return h("em", {}, unescaped(soft));
  if (struck !== undefined) return h("s", {}, unescaped(struck));
  if (angle !== undefined) return text(angled(angle) ?? whole);
  return text(whole);
}

/** A link or mention is shown by its name; nothing here leads anywhere. Lark's font and text tags say only colour. */
function angled(inner: string): string | null {
  if (/^\/?(font|text_tag|person|at|link|br)\b/.test(inner)) return "";
  if (!/^([@#!]|https?:|mailto:)/.test(inner)) return null;
  const [target, name] = inner.split("|", 2);
  return name ?? target ?? inner;
}

const text = (raw: string): Text => document.createTextNode(unescaped(raw));
const unescaped = (raw: string): string =>
  raw.replace(/&(lt|gt|amp|#42|#95|#126|#96);/g, (_, name: string) => ENTITIES[name] ?? "");
const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  "#42": "*",
  "#95": "_",
  "#126": "~",
  "#96": "`",
};
