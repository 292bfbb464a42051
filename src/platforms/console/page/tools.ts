import type { Answer } from "../../../chat/answer.ts";
import type { Receipt } from "../../../kernel/brand.ts";
import type { Heard } from "../wire.ts";
import { type Got, pictureOf } from "./api.ts";
import type { CardActions } from "./card-actions.ts";
import { csvCard, statements } from "./detail.ts";
import { button, h, icon, replaceChildren } from "./dom.ts";
import { sentenceOf } from "./sentences.ts";
import type { Entry } from "./transcript.ts";

/** SQL, CSV, picture and thread of an answer that was computed; what they show opens beneath them. */
export function answerTools(entry: Entry, answer: Answer, receipt: Receipt, actions: CardActions): HTMLElement {
  const { words } = actions;
  const charts = answer.charts.length;
  const panel = h("div", { class: "panel-below", hidden: true });
  const sqlLabel = h("span", {}, words("show_sql"));
  const sql = button({ class: "quiet", "aria-expanded": "false" }, () => void toggleSql(), icon("code"), sqlLabel);
  const csv = button({ class: "quiet" }, () => void saveCsv(), icon("download"), h("span", {}, words("csv")));
  const picture = button({ class: "quiet" }, showPictures, icon("picture"), h("span", {}, words("picture")));
  const bar = h(
    "div",
    { class: "tools" },
    answer.sql.length > 0 ? sql : null,
    answer.table.rows.length > 0 ? csv : null,
    charts > 0 ? picture : null,
    threadLink(entry, actions),
  );
  return h("div", { class: "tools-block", hidden: bar.children.length === 0 }, bar, panel);

  async function toggleSql(): Promise<void> {
    if (sql.getAttribute("aria-expanded") === "true") return open(null, false);
    const got = await actions.detail(entry, receipt, "sql");
    open(got.ok && got.value.reply.type === "sql" ? statements(got.value.reply.statements, words) : refusal(got), true);
  }

  async function saveCsv(): Promise<void> {
    const got = await actions.detail(entry, receipt, "csv");
    open(got.ok && got.value.reply.type === "csv" ? csvCard(got.value.reply, words) : refusal(got), false);
    panel.querySelector("a")?.click();
  }

  /** The charts as a chat is sent them; the server keeps only those of its own run. */
  function showPictures(): void {
    const images = Array.from({ length: charts }, (_, n) => {
      const image = h("img", { class: "picture", src: pictureOf(receipt, n), alt: words("picture") });
      image.addEventListener("error", () => image.replaceWith(sentence(words("picture_gone"))));
      return image;
    });
    open(h("div", {}, ...images), false);
  }

  function open(content: HTMLElement | null, isSql: boolean): void {
    replaceChildren(panel, content);
    panel.hidden = content === null;
    sql.setAttribute("aria-expanded", String(isSql));
    replaceChildren(sqlLabel, words(isSql ? "hide_sql" : "show_sql"));
  }

  function refusal(got: Got<Heard>): HTMLElement {
    if (!got.ok) return sentence(sentenceOf(got.failure, words));
    return sentence(got.value.reply.type === "notice" ? got.value.reply.text : words("handled"));
  }
}

function threadLink(entry: Entry, actions: CardActions): HTMLElement | null {
  const replies = actions.replies(entry);
  if (replies === null) return null;
  const label = replies > 0 ? actions.words("replies", { n: replies }) : actions.words("open_thread");
  return button(
    { class: replies > 0 ? "quiet thread-link has" : "quiet thread-link" },
    () => actions.openThread(entry),
    icon("thread"),
    h("span", {}, label),
  );
}

const sentence = (text: string): HTMLElement => h("p", { class: "sentence" }, icon("note"), h("span", {}, text));
