import type { Answer, NextStep } from "../../../chat/answer.ts";
import type { Reply } from "../../../chat/port.ts";
import type { Heard } from "../wire.ts";
import { type Got, pictureOf } from "./api.ts";
import { asLark } from "./as-lark.ts";
import { asSlack } from "./as-slack.ts";
import { chartFigure } from "./chart.ts";
import { csvCard, statements } from "./detail.ts";
import { button, type Child, h, icon, mark, replaceChildren } from "./dom.ts";
import { answerTable } from "./table.ts";
import type { Entry } from "./transcript.ts";
import type { Words } from "./words.ts";

/** What a card can ask of the page. */
export interface CardActions {
  readonly words: Words;
  readonly locale: string;
  choose(entry: Entry, step: NextStep): void;
  detail(entry: Entry, detail: "sql" | "csv"): Promise<Got<Heard>>;
  sentence(failure: { readonly trouble: string; readonly reference?: string }): string;
  again(entry: Entry): void;
  openThread(entry: Entry): void;
  /** Replies that the entry's thread has; null where threads are not offered (inside a thread). */
  replies(entry: Entry): number | null;
}

/** One entry: what was said, and the bot's card. */
export function entryElement(entry: Entry, actions: CardActions): HTMLElement {
  return h(
    "div",
    { class: "entry", "data-entry": entry.id },
    h(
      "div",
      { class: "said" },
      h("span", { class: "unseen" }, `${actions.words("you")}: `),
      h("p", {}, entry.said.text),
    ),
    h(
      "article",
      {
        class: "answer",
        tabindex: -1,
        "data-kind": kindOf(entry),
        "aria-busy": String(entry.outcome.kind === "working"),
      },
      ...content(entry, actions),
    ),
  );
}

/** The one sentence that is read out when an answer arrives. */
export function spoken(entry: Entry, actions: Pick<CardActions, "words" | "sentence">): string {
  if (entry.outcome.kind === "working") return actions.words("working");
  if (entry.outcome.kind === "trouble") return actions.sentence(entry.outcome.failure);
  const { reply } = entry.outcome;
  if (reply.type === "answer") return [reply.answer.headline, reply.answer.echo].filter(Boolean).join(". ");
  return reply.type === "notice" ? reply.text : reply.type === "nothing" ? actions.words("handled") : reply.title;
}

function kindOf({ outcome }: Entry): string {
  return outcome.kind !== "heard"
    ? outcome.kind
    : outcome.reply.type === "answer"
      ? outcome.reply.answer.status
      : outcome.reply.type;
}

function content(entry: Entry, actions: CardActions): readonly Child[] {
  const { outcome } = entry;
  switch (outcome.kind) {
    case "working":
      return [meta(entry, actions, null), skeleton(actions.words)];
    case "trouble":
      return [
        meta(entry, actions, null),
        h("p", { class: "sentence" }, icon("warn"), h("span", {}, actions.sentence(outcome.failure))),
        h(
          "div",
          { class: "steps" },
          button({ class: "step" }, () => actions.again(entry), actions.words("retry")),
        ),
      ];
    case "heard":
      return replied(entry, outcome, outcome.reply, actions);
    default:
      return outcome satisfies never;
  }
}

function replied(entry: Entry, heard: Omit<Heard, "thread">, reply: Reply, actions: CardActions): readonly Child[] {
  switch (reply.type) {
    case "answer":
      return answered(entry, heard, reply.answer, actions);
    case "sql":
      return [
        meta(entry, actions, null),
        h("p", { class: "headline" }, reply.title),
        statements(reply.statements, actions.words),
      ];
    case "csv":
      return [meta(entry, actions, null), csvCard(reply, actions.words)];
    case "notice":
      return [meta(entry, actions, null), h("p", { class: "sentence" }, icon("note"), h("span", {}, reply.text))];
    case "nothing":
      return [
        meta(entry, actions, null),
        h("p", { class: "sentence" }, icon("note"), h("span", {}, actions.words("handled"))),
        h(
          "div",
          { class: "steps" },
          button({ class: "step" }, () => actions.again(entry), actions.words("retry")),
        ),
      ];
    default:
      return reply satisfies never;
  }
}

function answered(entry: Entry, heard: Omit<Heard, "thread">, answer: Answer, actions: CardActions): readonly Child[] {
  const view = h("div", { class: "view", id: `view-${entry.id}` });
  const show = (name: ViewName): void => replaceChildren(view, ...viewOf(name, entry, heard, answer, actions));
  show("answer");
  return [meta(entry, actions, viewTabs(entry.id, actions.words, show)), view];
}

type ViewName = "answer" | "slack" | "lark" | "json";

function viewOf(
  name: ViewName,
  entry: Entry,
  heard: Omit<Heard, "thread">,
  answer: Answer,
  actions: CardActions,
): readonly Child[] {
  const { words } = actions;
  const missing = h("p", { class: "sentence" }, icon("note"), h("span", {}, words("view_missing")));
  switch (name) {
    case "answer":
      return own(entry, heard, answer, actions);
    case "slack":
      return heard.views.slack
        ? [
            h("p", { class: "view-note" }, words("view_slack")),
            asSlack(heard.views.slack, answer.charts, heard.chartTexts),
          ]
        : [missing];
    case "lark":
      return heard.views.lark
        ? [
            h("p", { class: "view-note" }, words("view_lark")),
            asLark(heard.views.lark, answer.charts, heard.chartTexts),
          ]
        : [missing];
    case "json":
      return [
        h(
          "pre",
          { class: "json", tabindex: 0 },
          JSON.stringify({ answer, slack: heard.views.slack, lark: heard.views.lark }, null, 2),
        ),
      ];
    default:
      return name satisfies never;
  }
}

function own(entry: Entry, heard: Omit<Heard, "thread">, answer: Answer, actions: CardActions): readonly Child[] {
  const { words } = actions;
  return [
    headline(answer.headline),
    answer.echo ? h("p", { class: "echo" }, answer.echo) : null,
    ...answer.body.map((paragraph) => h("p", { class: "body" }, paragraph)),
    answer.findings.length > 0
      ? h("ul", { class: "findings" }, ...answer.findings.map(({ text }) => h("li", {}, text)))
      : null,
    ...answer.charts.map((spec, place) => chartFigure(spec, heard.chartTexts[place] ?? "")),
    answer.view ? answerTable(answer.view, answer.locale, words) : null,
    answer.caveats.length > 0
      ? h(
          "ul",
          { class: "caveats", "aria-label": words("caveats") },
          ...answer.caveats.map(({ text }) => h("li", {}, icon("note"), h("span", {}, text))),
        )
      : null,
    answer.dataLine ? h("p", { class: "data-line" }, icon("clock"), h("span", {}, answer.dataLine)) : null,
    steps(entry, answer, actions),
    tools(entry, answer, actions),
  ];
}

/** The first clause large with its number set off, the rest beneath: it is read from across a desk. */
function headline(text: string): HTMLElement {
  const cut = text.indexOf(" · ");
  const lead = cut > 0 ? text.slice(0, cut) : text;
  const rest = cut > 0 ? text.slice(cut + 3) : "";
  const parts =
    /^(.{1,60}?\s)([-−+]?\$?\d[\d.,\u00a0\u202f]*(?:\s?(?:%|pp|h|s|\/h)(?![\p{L}\d]))?)(\s*\([^()]*\))?(.*)$/su.exec(
      lead,
    );
  return h(
    "h3",
    { class: lead.length > 90 ? "headline long" : "headline" },
    ...(parts ? [parts[1], h("b", {}, parts[2]), parts[3] ? h("small", {}, parts[3]) : null, parts[4]] : [lead]),
    rest ? h("span", { class: "rest" }, rest) : null,
  );
}

function steps(entry: Entry, answer: Answer, actions: CardActions): HTMLElement | null {
  if (answer.next.length === 0) return null;
  const choosing = answer.status === "clarify";
  const name = choosing ? "choose" : answer.status === "answered" || answer.status === "help" ? "next" : "instead";
  return h(
    "div",
    { class: choosing ? "steps choices" : "steps", role: "group", "aria-label": actions.words(name) },
    ...answer.next.map((step, place) =>
      button(
        { class: "step" },
        () => actions.choose(entry, step),
        choosing ? h("span", { class: "number", "aria-hidden": "true" }, String(place + 1)) : null,
        h("span", {}, step.label),
      ),
    ),
  );
}

function tools(entry: Entry, answer: Answer, actions: CardActions): HTMLElement | null {
  const { words } = actions;
  const panel = h("div", { class: "panel-below", hidden: true });
  const replies = actions.replies(entry);
  const { receipt } = answer;
  const sql = button(
    { class: "quiet", "aria-expanded": "false" },
    () => void toggleSql(),
    icon("code"),
    h("span", {}, words("show_sql")),
  );
  const items: Child[] =
    receipt === null
      ? []
      : [
          sql,
          button({ class: "quiet" }, () => void saveCsv(), icon("download"), h("span", {}, words("csv"))),
          ...answer.charts
            .map((_, place) =>
              h(
                "a",
                { class: "quiet", href: pictureOf(receipt, place), target: "_blank", rel: "noopener" },
                icon("picture"),
                h("span", {}, words("picture")),
              ),
            )
            .slice(0, 1),
        ];
  if (replies !== null && receipt !== null)
    items.push(
      button(
        { class: replies > 0 ? "quiet thread-link has" : "quiet thread-link" },
        () => actions.openThread(entry),
        icon("thread"),
        h("span", {}, replies > 0 ? words("replies", { n: replies }) : words("open_thread")),
      ),
    );
  return items.length === 0 ? null : h("div", { class: "tools-block" }, h("div", { class: "tools" }, ...items), panel);

  async function toggleSql(): Promise<void> {
    const open = sql.getAttribute("aria-expanded") === "true";
    if (!open) {
      const got = await actions.detail(entry, "sql");
      replaceChildren(
        panel,
        got.ok && got.value.reply.type === "sql" ? statements(got.value.reply.statements, words) : sentenceOf(got),
      );
    }
    panel.hidden = open;
    sql.setAttribute("aria-expanded", String(!open));
    sql.lastElementChild?.replaceChildren(words(open ? "show_sql" : "hide_sql"));
  }

  async function saveCsv(): Promise<void> {
    const got = await actions.detail(entry, "csv");
    const csv = got.ok && got.value.reply.type === "csv" ? got.value.reply : null;
    replaceChildren(panel, csv ? csvCard(csv, words) : sentenceOf(got));
    panel.hidden = false;
    sql.setAttribute("aria-expanded", "false");
    sql.lastElementChild?.replaceChildren(words("show_sql"));
    panel.querySelector("a")?.click();
  }

  function sentenceOf(got: Got<Heard>): HTMLElement {
    const said = got.ok
      ? got.value.reply.type === "notice"
        ? got.value.reply.text
        : words("handled")
      : actions.sentence(got.failure);
    return h("p", { class: "sentence" }, icon("note"), h("span", {}, said));
  }
}

function meta(entry: Entry, actions: CardActions, tabs: HTMLElement | null): HTMLElement {
  const time = new Intl.DateTimeFormat(actions.locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(
    entry.at,
  );
  return h(
    "div",
    { class: "meta" },
    mark(),
    h("span", { class: "who" }, "modstats"),
    h("time", { datetime: new Date(entry.at).toISOString() }, time),
    tabs,
  );
}

/** Tabs by the book: arrows move, one stop for Tab. */
function viewTabs(id: string, words: Words, show: (name: ViewName) => void): HTMLElement {
  const names: readonly (readonly [ViewName, string])[] = [
    ["answer", words("view_answer")],
    ["slack", "Slack"],
    ["lark", "Lark"],
    ["json", "JSON"],
  ];
  const tabs = names.map(([name, label], place) =>
    button(
      {
        class: "tab",
        role: "tab",
        "aria-selected": String(place === 0),
        "aria-controls": `view-${id}`,
        tabindex: place === 0 ? 0 : -1,
        "data-view": name,
      },
      () => select(place),
      label,
    ),
  );
  const box = h("div", { class: "tabs", role: "tablist", "aria-label": words("view"), on: { keydown: move } }, ...tabs);
  return box;

  function select(chosen: number): void {
    tabs.forEach((tab, place) => {
      tab.setAttribute("aria-selected", String(place === chosen));
      tab.tabIndex = place === chosen ? 0 : -1;
    });
    const name = names[chosen]?.[0];
    if (name) show(name);
  }
  function move(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const chosen = (tabs.findIndex((tab) => tab.tabIndex === 0) + step + tabs.length) % tabs.length;
    select(chosen);
    tabs[chosen]?.focus();
  }
}

const skeleton = (words: Words): HTMLElement =>
  h("div", { class: "skeleton" }, h("span", { class: "working" }, words("working")), h("i"), h("i"), h("i"));
