import type { Language, NextStep } from "../../../chat/answer.ts";
import type { Channel } from "../wire.ts";
import { type CardActions, entryElement, spoken } from "./answer.ts";
import * as api from "./api.ts";
import { buildButton, type Composer, createComposer } from "./composer.ts";
import { button, h, icon, mark, replaceChildren } from "./dom.ts";
import { openForm } from "./form-dialog.ts";
import { listenToKeys } from "./keys.ts";
import { openKeys } from "./keys-dialog.ts";
import { railContent, THEMES, type Theme } from "./rail.ts";
import { type Entry, setting, type Transcript } from "./transcript.ts";
import { preferredLanguage, type Words, wordsIn } from "./words.ts";

const RECENT_MAX = 7;
const HISTORY_MAX = 50;
const WAKE_MS = 3_000;

/** The page: what is open, what was said, and the elements that show it. One instance, made once the channels are known. */
export function createPage(root: HTMLElement, channels: readonly Channel[], transcript: Transcript): void {
  const state = {
    channel: channels.find(({ id }) => id === setting.get("channel"))?.id ?? channels[0]?.id ?? "",
    thread: null as string | null,
    language: readLanguage(),
    theme: THEMES.find((theme) => theme === setting.get("theme")) ?? ("auto" as Theme),
  };
  let words: Words = wordsIn(state.language);
  let shell = buildShell();
  let waking = false;

  drawAll();
  listenToKeys({
    focusComposer: () =>
      (state.thread !== null && shell.thread.contains(document.activeElement)
        ? shell.threadComposer
        : shell.composer
      ).focus(),
    pane: () =>
      state.thread !== null && shell.thread.contains(document.activeElement) ? shell.threadList : shell.list,
    openThreadOf(id) {
      const entry = transcript.all().find((one) => one.id === id);
      if (entry) openThread(entry);
    },
    showKeys: () => openKeys(words),
    close: closeTopmost,
  });

  // Drawing

  function buildShell() {
    document.documentElement.lang = state.language;
    const composer = createComposer("composer", words("placeholder"), words, history, (text) => void ask(text, null));
    const threadComposer = createComposer(
      "thread-composer",
      words("placeholder_thread"),
      words,
      history,
      (text) => void ask(text, state.thread),
    );
    const parts = {
      rail: h("aside", { class: "rail", id: "rail" }),
      veil: h("div", { class: "veil", on: { click: () => openDrawer(false) } }),
      title: h("h1", { class: "title" }),
      banner: h("p", { class: "banner", role: "status", hidden: true }, icon("warn"), h("span", {}, words("offline"))),
      list: h("div", { class: "list", role: "log", "aria-live": "off", tabindex: -1 }),
      thread: h("section", { class: "thread", "aria-label": words("thread"), hidden: true }),
      threadTitle: h("p", { class: "thread-title" }),
      threadList: h("div", { class: "list", role: "log", "aria-live": "off", tabindex: -1 }),
      live: h("div", { class: "unseen", role: "status", "aria-live": "polite" }),
      menu: button(
        { class: "round menu", "aria-label": words("menu"), "aria-controls": "rail", "aria-expanded": "false" },
        () => openDrawer(true),
        icon("menu"),
      ),
      composer,
      threadComposer,
    };
    parts.thread.append(
      h(
        "header",
        { class: "bar" },
        button({ class: "round back", "aria-label": words("close") }, closeThread, icon("back")),
        h("div", {}, h("h2", {}, words("thread")), parts.threadTitle),
        button({ class: "round shut", "aria-label": words("close") }, closeThread, icon("close")),
      ),
      parts.threadList,
      foot(threadComposer),
    );
    replaceChildren(
      root,
      h("a", { class: "skip", href: "#composer" }, words("skip")),
      parts.rail,
      parts.veil,
      h(
        "main",
        { class: "talk" },
        h(
          "header",
          { class: "bar" },
          parts.menu,
          parts.title,
          buildButton(words, () => void showForm()),
        ),
        parts.banner,
        parts.list,
        foot(composer),
      ),
      parts.thread,
      parts.live,
    );
    return parts;
  }

  function drawAll(): void {
    drawRail();
    drawChannel();
    drawThread();
  }

  function drawRail(): void {
    replaceChildren(
      shell.rail,
      ...railContent(
        {
          channels,
          channel: state.channel,
          recent: recentThreads(),
          thread: state.thread,
          language: state.language,
          theme: state.theme,
        },
        { openChannel, openThread: openThreadAnywhere, setLanguage, setTheme, showKeys: () => openKeys(words), clear },
        words,
      ),
    );
  }

  function drawChannel(): void {
    const channel = channels.find(({ id }) => id === state.channel);
    replaceChildren(
      shell.title,
      h("span", { class: "sign", "aria-hidden": "true" }, channel?.direct ? "@" : "#"),
      channel?.name ?? "",
    );
    const entries = transcript.all().filter((entry) => entry.root && entry.channel === state.channel);
    shell.list.classList.toggle("is-empty", entries.length === 0);
    replaceChildren(
      shell.list,
      ...(entries.length === 0 ? [emptyPage()] : entries.map((entry) => entryElement(entry, cardActions(false)))),
    );
    shell.list.scrollTop = shell.list.scrollHeight;
  }

  function drawThread(): void {
    const { thread } = state;
    shell.thread.hidden = thread === null;
    root.classList.toggle("with-thread", thread !== null);
    if (thread === null) return;
    const entries = transcript.all().filter((entry) => entry.thread === thread && entry.channel === state.channel);
    const first = entries.find((entry) => entry.root);
    replaceChildren(shell.threadTitle, first?.said.text ?? "");
    replaceChildren(shell.threadList, ...entries.map((entry) => entryElement(entry, cardActions(true))));
    if (entries.length > 1) shell.threadList.lastElementChild?.scrollIntoView({ block: "start" });
  }

  function foot(composer: Composer): HTMLElement {
    return h("footer", { class: "foot" }, composer.element);
  }

  function emptyPage(): HTMLElement {
    const tries = h("ul", { class: "tries" });
    const label = h("h3", { hidden: true }, words("try_one"));
    void api.favourites(state.channel, state.language).then((got) => {
      if (!got.ok) return;
      label.hidden = got.value.length === 0;
      replaceChildren(
        tries,
        ...got.value.slice(0, 6).map((step) =>
          h(
            "li",
            {},
            button({ class: "try" }, () => void choose(null, step), h("span", {}, step.label), icon("arrow")),
          ),
        ),
      );
    });
    return h(
      "div",
      { class: "empty" },
      mark(),
      h("h2", {}, words("ask_data")),
      h("p", {}, words("ask_lead")),
      label,
      tries,
    );
  }

  /** Redraws one entry where it stands, or adds it at the end. */
  function drawEntry(entry: Entry): void {
    const place = (list: HTMLElement, inThread: boolean): void => {
      const fresh = entryElement(entry, cardActions(inThread));
      const old = [...list.children].find((element) => element.getAttribute("data-entry") === entry.id);
      const focused = old?.contains(document.activeElement) === true;
      if (old) old.replaceWith(fresh);
      else if (list.querySelector(".empty")) replaceChildren(list, fresh);
      else list.append(fresh);
      list.classList.remove("is-empty");
      if (focused) fresh.querySelector<HTMLElement>(".answer")?.focus({ preventScroll: true });
      fresh.scrollIntoView({ block: entry.outcome.kind === "working" ? "end" : "start", behavior: "auto" });
    };
    if (entry.channel === state.channel && entry.root) place(shell.list, false);
    if (entry.thread === state.thread) place(shell.threadList, true);
    if (!entry.root) refreshCount(entry);
  }

  /** The root's card says how many replies stand in its thread. */
  function refreshCount(reply: Entry): void {
    const first = transcript.all().find((entry) => entry.thread === reply.thread && entry.root);
    const link = [...shell.list.children]
      .find((element) => element.getAttribute("data-entry") === first?.id)
      ?.querySelector(".thread-link");
    if (!first || !link) return;
    link.classList.add("has");
    link.lastElementChild?.replaceChildren(words("replies", { n: repliesOf(first) }));
  }

  // Saying and hearing

  async function ask(text: string, thread: string | null): Promise<void> {
    remember(text);
    await speak(newEntry(text, null, thread));
  }

  async function choose(from: Entry | null, step: NextStep): Promise<void> {
    const answered =
      from?.outcome.kind === "heard" &&
      from.outcome.reply.type === "answer" &&
      from.outcome.reply.answer.status === "answered";
    const inThread = from !== null && (answered || !from.root || from.thread === state.thread);
    if (inThread && from.thread !== state.thread) openThread(from);
    await speak(newEntry(step.label, step.question, inThread ? from.thread : null));
  }

  async function speak(entry: Entry): Promise<void> {
    transcript.put(entry);
    drawEntry(entry);
    const started = performance.now();
    const { text, question } = entry.said;
    const said = { id: entry.id, channel: entry.channel, thread: entry.root ? null : entry.thread, ...person() };
    const got =
      question === null ? await api.say("ask", { ...said, text }) : await api.say("choice", { ...said, question });
    const done: Entry = {
      ...entry,
      outcome: got.ok
        ? got.value.reply.type === "nothing"
          ? { kind: "trouble", failure: { trouble: "handled" } }
          : {
              kind: "heard",
              ms: Math.round(performance.now() - started),
              reply: got.value.reply,
              views: got.value.views,
              chartTexts: got.value.chartTexts,
            }
        : { kind: "trouble", failure: got.failure },
    };
    transcript.put(done);
    drawEntry(done);
    drawRail();
    replaceChildren(shell.live, spoken(done, { words, sentence }));
    if (!got.ok && got.failure.trouble === "offline") void wake();
  }

  /** The same words again: under the same id where the bot may never have heard them, else as a new act. */
  function again(entry: Entry): void {
    const { outcome } = entry;
    const unheard = outcome.kind === "trouble" && outcome.failure.trouble === "offline";
    if (unheard) void speak({ ...entry, outcome: { kind: "working" } });
    else void speak(newEntry(entry.said.text, entry.said.question, entry.root ? null : entry.thread));
  }

  /** Asks quietly until the server is back, then takes the sentence away. */
  async function wake(): Promise<void> {
    if (waking) return;
    waking = true;
    shell.banner.hidden = false;
    while (!(await api.channels()).ok) await new Promise((resolve) => setTimeout(resolve, WAKE_MS));
    shell.banner.hidden = true;
    waking = false;
  }

  function newEntry(text: string, question: Entry["said"]["question"], thread: string | null): Entry {
    const id = crypto.randomUUID();
    return {
      id,
      channel: state.channel,
      thread: thread ?? `t-${id}`,
      root: thread === null,
      at: Date.now(),
      said: { text, question },
      outcome: { kind: "working" },
    };
  }

  const person = () => ({ zone: Intl.DateTimeFormat().resolvedOptions().timeZone, locale: locale() });
  const locale = (): string =>
    navigator.languages.find((tag) => tag.toLowerCase().startsWith(state.language)) ?? state.language;

  function cardActions(inThread: boolean): CardActions {
    return {
      words,
      locale: locale(),
      choose: (entry, step) => void choose(entry, step),
      detail: (entry, detail) => {
        const { outcome } = entry;
        const receipt =
          outcome.kind === "heard" && outcome.reply.type === "answer" ? outcome.reply.answer.receipt : null;
        if (receipt === null) return Promise.resolve({ ok: false, failure: { trouble: "unknown" } });
        return api.say("detail", {
          id: crypto.randomUUID(),
          channel: entry.channel,
          thread: entry.thread,
          ...person(),
          receipt,
          detail,
        });
      },
      sentence,
      again,
      openThread,
      replies: (entry) => (inThread ? null : repliesOf(entry)),
    };
  }

  function sentence(failure: { readonly trouble: string; readonly reference?: string }): string {
    switch (failure.trouble) {
      case "offline":
      case "busy":
      case "handled":
      case "request":
        return words(failure.trouble);
      case "unknown":
        return words("request");
      default:
        return words("fault", { reference: failure.reference ?? "–" });
    }
  }

  async function showForm(): Promise<void> {
    const got = await api.form(state.language);
    if (got.ok) openForm(got.value, words, (text) => void ask(text, null));
    else void wake();
  }

  // Moving about

  function openChannel(id: string): void {
    state.channel = id;
    state.thread = null;
    setting.set("channel", id);
    openDrawer(false);
    drawAll();
    if (!narrow()) shell.composer.focus();
  }

  function openThread(entry: Entry): void {
    state.thread = entry.thread;
    drawThread();
    drawRail();
    void api.thread(entry.channel, entry.thread).then((got) => {
      const forgotten =
        got.ok &&
        !got.value.known &&
        state.thread === entry.thread &&
        repliesOf(entry) === 0 &&
        entry.outcome.kind === "heard";
      if (forgotten)
        shell.threadList.append(h("p", { class: "forgotten" }, icon("note"), h("span", {}, words("forgotten"))));
    });
    if (!narrow()) shell.threadComposer.focus();
  }

  function openThreadAnywhere(entry: Entry): void {
    if (entry.channel !== state.channel) openChannel(entry.channel);
    openDrawer(false);
    openThread(entry);
  }

  function closeThread(): void {
    const first = transcript.all().find((entry) => entry.thread === state.thread && entry.root);
    state.thread = null;
    drawThread();
    drawRail();
    const card = [...shell.list.children].find((element) => element.getAttribute("data-entry") === first?.id);
    (card?.querySelector<HTMLElement>(".thread-link") ?? shell.list).focus({ preventScroll: true });
  }

  function closeTopmost(): void {
    if (root.classList.contains("drawer-open")) openDrawer(false);
    else if (state.thread !== null) closeThread();
  }

  function openDrawer(open: boolean): void {
    const was = root.classList.contains("drawer-open");
    root.classList.toggle("drawer-open", open);
    shell.menu.setAttribute("aria-expanded", String(open));
    if (open) shell.rail.querySelector<HTMLElement>("[aria-current]")?.focus();
    else if (was) shell.menu.focus();
  }

  function setLanguage(language: Language): void {
    state.language = language;
    setting.set("language", language);
    words = wordsIn(language);
    shell = buildShell();
    drawAll();
    shell.rail.querySelector("select")?.focus();
  }

  function setTheme(theme: Theme): void {
    state.theme = theme;
    setting.set("theme", theme === "auto" ? null : theme);
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    document.dispatchEvent(new Event("themechange"));
    drawRail();
    shell.rail.querySelector<HTMLElement>(".theme")?.focus();
  }

  function clear(): void {
    transcript.remove((entry) => entry.channel !== state.channel);
    state.thread = null;
    drawAll();
  }

  // Reading the transcript

  function recentThreads(): readonly Entry[] {
    const firsts = new Map(
      transcript
        .all()
        .filter((entry) => entry.root)
        .map((entry) => [entry.thread, entry]),
    );
    const latest = [
      ...new Set(
        transcript
          .all()
          .map(({ thread }) => thread)
          .reverse(),
      ),
    ];
    return latest.flatMap((thread) => firsts.get(thread) ?? []).slice(0, RECENT_MAX);
  }

  function repliesOf(first: Entry): number {
    return transcript.all().filter((entry) => entry.thread === first.thread && !entry.root).length;
  }

  function history(): readonly string[] {
    try {
      return JSON.parse(setting.get("history") ?? "[]") as string[];
    } catch {
      return [];
    }
  }

  function remember(text: string): void {
    setting.set("history", JSON.stringify([...history().filter((one) => one !== text), text].slice(-HISTORY_MAX)));
  }
}

/** Shown while the server cannot be reached at the very start. */
export function startingPage(root: HTMLElement): void {
  const words = wordsIn(readLanguage());
  replaceChildren(root, h("div", { class: "starting" }, mark(), h("p", {}, words("offline"))));
}

const readLanguage = (): Language => preferredLanguage([setting.get("language") ?? "", ...navigator.languages]);
const narrow = (): boolean => matchMedia("(max-width: 760px)").matches;
