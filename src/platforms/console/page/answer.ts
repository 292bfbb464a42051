import type { Answer } from "../../../chat/answer.ts";
import type { Reply } from "../../../chat/port.ts";
import type { Heard } from "../wire.ts";
import { asLark } from "./as-lark.ts";
import { asSlack } from "./as-slack.ts";
import type { CardActions } from "./card-actions.ts";
import { chartFigure } from "./chart.ts";
import { csvCard, statements } from "./detail.ts";
import { button, type Child, h, icon, mark, replaceChildren } from "./dom.ts";
import { headline } from "./headline.ts";
import { sentenceOf } from "./sentences.ts";
import { answerTable } from "./table.ts";
import { answerTools } from "./tools.ts";
import type { Entry } from "./transcript.ts";
import { type ViewName, viewTabs } from "./view-tabs.ts";
import type { Words } from "./words.ts";

/** One entry: what was said, and the bot's card. */
export function entryElement(entry: Entry, actions: CardActions): HTMLElement {
  return h(
    "div",
    { class: "entry", "data-entry": entry.id },
    entry.said.text === ""
      ? null
      : h(
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
export function spoken(entry: Entry, words: Words): string {
  if (entry.outcome.kind === "working") return words("working");
  if (entry.outcome.kind === "trouble") return sentenceOf(entry.outcome.failure, words);
  const { reply } = entry.outcome;
  if (reply.type === "answer") return [reply.answer.headline, reply.answer.echo].filter(Boolean).join(". ");
  return reply.type === "notice" ? reply.text : reply.type === "nothing" ? words("handled") : reply.title;
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
        h("p", { class: "sentence" }, icon("warn"), h("span", {}, sentenceOf(outcome.failure, actions.words))),
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
    ...answer.body.flatMap(paragraphs),
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
    verdicts(entry, actions),
    answer.receipt === null ? null : answerTools(entry, answer, answer.receipt, actions),
  ];
}

/** A paragraph as it is; its lines that begin with a bullet as a list. */
function paragraphs(text: string): readonly HTMLElement[] {
  const groups: { readonly bullets: boolean; readonly lines: string[] }[] = [];
  for (const line of text.split("\n")) {
    const bullets = line.startsWith("• ");
    const last = groups.at(-1);
    if (last?.bullets === bullets) last.lines.push(line);
    else groups.push({ bullets, lines: [line] });
  }
  return groups.map(({ bullets, lines }) =>
    bullets
      ? h("ul", { class: "body bullets" }, ...lines.map((line) => h("li", {}, line.slice(2))))
      : h("p", { class: "body" }, lines.join("\n")),
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

/** What can be said of a finding; what was said of it stands in its thread. */
function verdicts(entry: Entry, actions: CardActions): HTMLElement | null {
  if (!entry.verdicts || entry.verdicts.length === 0) return null;
  return h(
    "div",
    { class: "steps", role: "group" },
    ...entry.verdicts.map((said) => button({ class: "step" }, () => actions.judge(entry, said), said.label)),
  );
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

const skeleton = (words: Words): HTMLElement =>
  h("div", { class: "skeleton" }, h("span", { class: "working" }, words("working")), h("i"), h("i"), h("i"));
