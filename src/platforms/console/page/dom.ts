/** Builds the page's elements. Text goes in as text nodes only: no string ever becomes markup. */

export type Child = Node | string | null | undefined | false;
export interface Attributes {
  readonly [attribute: string]: string | number | boolean | null | undefined | Handlers;
}
type Handlers = { readonly [Event in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Event]) => void };

/** `h("button", { class: "chip", on: { click } }, "Ask")`: false, null and undefined leave an attribute or a child out. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "object") listen(element, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...present(children));
  return element;
}

/** A button that submits nothing. */
export function button(
  attributes: Attributes,
  press: (event: MouseEvent) => void,
  ...children: readonly Child[]
): HTMLButtonElement {
  return h("button", { type: "button", ...attributes, on: { click: press } }, ...children);
}

export function replaceChildren(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...present(children));
}

/** A line icon of the page's own set, hidden from screen readers: its button has the name. */
export function icon(name: keyof typeof PATHS): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** The mark: two estimates with their intervals. */
export function mark(): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 32 32");
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  for (const [tag, attributes] of MARK) {
    const part = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
    svg.append(part);
  }
  return svg;
}

const SVG = "http://www.w3.org/2000/svg";
const MARK: readonly (readonly ["rect" | "path" | "circle", Readonly<Record<string, string>>])[] = [
  ["rect", { width: "32", height: "32", rx: "8", class: "mark-ground" }],
  ["path", { d: "M6 11h13M6 8.6v4.8M19 8.6v4.8", class: "mark-line faint" }],
  ["path", { d: "M11 21h15M11 18.6v4.8M26 18.6v4.8", class: "mark-line" }],
  ["circle", { cx: "12.5", cy: "11", r: "3.2", class: "mark-first" }],
  ["circle", { cx: "19", cy: "21", r: "3.2", class: "mark-second" }],
];

const PATHS = {
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  close: "M5 5l10 10M15 5L5 15",
  back: "M12 4l-6 6 6 6",
  send: "M10 16V4.5M5 9.5l5-5 5 5",
  form: "M3 5h7M14 5h3M3 10h2M9 10h8M3 15h8M15 15h2M12 3.2v3.6M7 8.2v3.6M13 13.2v3.6",
  thread: "M4 4.5h12v8.5H9l-3.5 3v-3H4z",
  code: "M7 6l-4 4 4 4M13 6l4 4-4 4",
  download: "M10 3.5v9M6 9l4 4 4-4M4 16.5h12",
  picture: "M3.5 4h13v12h-13zM3.5 13l3.5-3.5 3 3 2.5-2.5 4 4M13 7.2v.1",
  copy: "M7 7h9v9H7zM4 13V4h9",
  sun: "M10 6.5a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM10 2v1.6M10 16.4V18M2 10h1.6M16.4 10H18M4.4 4.4l1.1 1.1M14.5 14.5l1.1 1.1M4.4 15.6l1.1-1.1M14.5 5.5l1.1-1.1",
  moon: "M16.5 12A7 7 0 018 3.5a7 7 0 108.5 8.5z",
  auto: "M10 3a7 7 0 100 14V3zM10 3a7 7 0 010 14",
  keys: "M2.5 5.5h15v9h-15zM5.5 8.5h.1M8.5 8.5h.1M11.5 8.5h.1M14.5 8.5h.1M6.5 11.5h7",
  trash: "M4 6h12M8 6V4h4v2M6 6l.7 10h6.6L14 6",
  arrow: "M4 10h11.5M11 5.5l4.5 4.5-4.5 4.5",
  note: "M10 3a7 7 0 100 14 7 7 0 000-14zM10 9.2V14M10 6.4v.1",
  warn: "M10 3.5l7 12.5H3zM10 8.5v3.5M10 13.8v.1",
  clock: "M10 3a7 7 0 100 14 7 7 0 000-14zM10 6v4.2l2.8 1.8",
  check: "M4 10.5l4 4 8-9",
} as const;

function listen(element: HTMLElement, handlers: Handlers): void {
  for (const [event, handler] of Object.entries(handlers)) element.addEventListener(event, handler as EventListener);
}
const present = (children: readonly Child[]): (Node | string)[] =>
  children
    .filter((child): child is Node | string => child !== null && child !== undefined && child !== false)
    .map((child) => (typeof child === "string" ? child.replace(BIDI_CONTROLS, "\ufffd") : child));

/** Characters that turn the text after them around: a value could pass for another one. They are shown instead of obeyed. */
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;
