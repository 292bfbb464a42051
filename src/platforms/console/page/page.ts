import type { Language, NextStep } from "../../../chat/answer.ts";
import type { Channel } from "../wire.ts";
import { entryElement, spoken } from "./answer.ts";
import * as api from "./api.ts";
import type { CardActions } from "./card-actions.ts";
import { h, icon, mark, replaceChildren } from "./dom.ts";
import { emptyChannel } from "./empty.ts";
import { openForm } from "./form-dialog.ts";
import { rememberAsked } from "./history.ts";
import { listenToKeys } from "./keys.ts";
import { openKeys } from "./keys-dialog.ts";
import { railContent, THEMES, type Theme } from "./rail.ts";
import { buildShell, type Shell } from "./shell.ts";
import { createTalk } from "./talk.ts";
import { type Entry, recentThreads, repliesIn, rootOf, setting, type Transcript } from "./transcript.ts";
import { preferredLanguage, type Words, wordsIn } from "./words.ts";

const RECENT_MAX = 7;
const WAKE_MS = 3_000;
const POSTS_EVERY_MS = 15_000;

interface State {
  channel: string;
  thread: string | null;
  language: Language;
  theme: Theme;
  words: Words;
  shell: Shell;
  waking: boolean;
}

/** The page: what is open, and the elements that show it. Made once, when the channels are known. */
export function createPage(root: HTMLElement, channels: readonly Channel[], transcript: Transcript): void {
  const language = readLanguage();
  const words = wordsIn(language);
  const talk = createTalk(transcript, locale, changed);
  const state: State = {
    channel: channels.find(({ id }) => id === setting.get("channel"))?.id ?? channels[0]?.id ?? "",
    thread: null,
    language,
    theme: THEMES.find((theme) => theme === setting.get("theme")) ?? "auto",
    words,
    shell: layOut(language, words),
    waking: false,
  };
  drawAll();
  void talk.fetchPosts(state.channel);
  setInterval(() => void talk.fetchPosts(state.channel), POSTS_EVERY_MS);
  listenToKeys({
    focusComposer: () => (inThread() ? state.shell.threadComposer : state.shell.composer).focus(),
    pane: () => (inThread() ? state.shell.threadList : state.shell.list),
    openThreadOf(id) {
      const entry = transcript.all().find((one) => one.id === id);
      if (entry) openThread(entry);
    },
    showKeys: () => openKeys(state.words),
    close: closeTopmost,
  });

  function layOut(language: Language, words: Words): Shell {
    document.documentElement.lang = language;
    return buildShell(root, words, {
      ask: (text) => ask(text, null),
      askInThread: (text) => ask(text, state.thread),
      openDrawer,
      closeThread,
      openForm: () => void showForm(),
    });
  }

  // Saying

  function ask(text: string, thread: string | null): void {
    rememberAsked(text);
    void talk.say(state.channel, thread, { text, question: null });
  }

  /** A next step belongs to its answer's thread; what settles a question that had no answer yet is asked anew in the channel. */
  function choose(from: Entry, step: NextStep): void {
    const stays = !from.root || from.thread === state.thread || isAnswered(from);
    if (stays && from.thread !== state.thread) openThread(from);
    void talk.say(state.channel, stays ? from.thread : null, { text: step.label, question: step.question });
  }

  function judge(from: Entry, { label, finding, verdict }: NonNullable<Entry["verdicts"]>[number]): void {
    if (from.thread !== state.thread) openThread(from);
    void talk.say(state.channel, from.thread, { text: label, question: null, judged: { finding, verdict } });
  }

  /** An entry was said or answered. */
  function changed(entry: Entry): void {
    drawEntry(entry);
    if (entry.outcome.kind === "working") return;
    drawRail();
    replaceChildren(state.shell.live, spoken(entry, state.words));
    if (entry.outcome.kind === "trouble" && entry.outcome.failure.trouble === "offline") void wake();
  }

  /** Asks quietly until the server is back, then takes the sentence away. */
  async function wake(): Promise<void> {
    if (state.waking) return;
    state.waking = true;
    state.shell.banner.hidden = false;
    while (!(await api.channels()).ok) await new Promise((resolve) => setTimeout(resolve, WAKE_MS));
    state.shell.banner.hidden = true;
    state.waking = false;
  }

  async function showForm(): Promise<void> {
    const got = await api.form(state.language);
    if (got.ok) openForm(got.value, state.words, (text) => ask(text, null));
    else void wake();
  }

  /** The person's own locale of the page's language, for numbers and dates. */
  function locale(): string {
    return navigator.languages.find((tag) => tag.toLowerCase().startsWith(state.language)) ?? state.language;
  }

  // Drawing

  function drawAll(): void {
    drawRail();
    drawChannel();
    drawThread();
  }

  function drawRail(): void {
    const { channel, thread, language, theme, words } = state;
    const recent = recentThreads(transcript.all(), RECENT_MAX);
    const showKeys = (): void => openKeys(words);
    const actions = { openChannel, openThread: openThreadAnywhere, setLanguage, setTheme, showKeys, clear };
    const content = railContent({ channels, channel, recent, thread, language, theme }, actions, words);
    replaceChildren(state.shell.rail, ...content);
  }

  function drawChannel(): void {
    const { shell, words } = state;
    const channel = channels.find(({ id }) => id === state.channel);
    const sign = h("span", { class: "sign", "aria-hidden": "true" }, channel?.direct ? "@" : "#");
    replaceChildren(shell.title, sign, channel?.name ?? "");
    const entries = transcript.all().filter((entry) => entry.root && entry.channel === state.channel);
    const chosen = (step: NextStep): void =>
      void talk.say(state.channel, null, { text: step.label, question: step.question });
    shell.list.classList.toggle("is-empty", entries.length === 0);
    replaceChildren(
      shell.list,
      ...(entries.length === 0
        ? [emptyChannel(state.channel, state.language, words, chosen)]
        : entries.map((entry) => entryElement(entry, cardActions(true)))),
    );
    shell.list.scrollTop = shell.list.scrollHeight;
  }

  function drawThread(): void {
    const { shell, thread } = state;
    shell.thread.hidden = thread === null;
    root.classList.toggle("with-thread", thread !== null);
    const entries = transcript.all().filter((entry) => entry.thread === thread && entry.channel === state.channel);
    replaceChildren(shell.threadTitle, titleOf(rootOf(entries, thread)));
    replaceChildren(shell.threadList, ...entries.map((entry) => entryElement(entry, cardActions(false))));
    if (entries.length > 1) shell.threadList.lastElementChild?.scrollIntoView({ block: "start" });
  }

  function drawEntry(entry: Entry): void {
    if (entry.channel !== state.channel) return;
    if (entry.root) place(entry, state.shell.list, true);
    if (entry.thread === state.thread) place(entry, state.shell.threadList, false);
    if (!entry.root) countReplies(entry.thread);
  }

  /** Puts an entry where it stands already, else at the end, and brings it into sight. */
  function place(entry: Entry, list: HTMLElement, threads: boolean): void {
    const fresh = entryElement(entry, cardActions(threads));
    const old = elementOf(list, entry.id);
    const focused = old?.contains(document.activeElement) === true;
    if (old) old.replaceWith(fresh);
    else if (list.querySelector(".empty")) replaceChildren(list, fresh);
    else list.append(fresh);
    list.classList.remove("is-empty");
    if (focused) fresh.querySelector<HTMLElement>(".answer")?.focus({ preventScroll: true });
    fresh.scrollIntoView({ block: entry.outcome.kind === "working" ? "end" : "start" });
  }

  /** The first card of a thread says how many replies stand in it. */
  function countReplies(thread: string): void {
    const first = rootOf(transcript.all(), thread);
    const link = first && elementOf(state.shell.list, first.id)?.querySelector(".thread-link");
    if (!link) return;
    link.classList.add("has");
    link.lastElementChild?.replaceChildren(state.words("replies", { n: repliesIn(transcript.all(), thread) }));
  }

  function cardActions(threads: boolean): CardActions {
    return {
      words: state.words,
      locale: locale(),
      choose,
      judge,
      detail: talk.detail,
      again: (entry) => void talk.again(entry),
      openThread,
      replies: (entry) => (threads ? repliesIn(transcript.all(), entry.thread) : null),
    };
  }

  // Moving about

  function openChannel(id: string): void {
    state.channel = id;
    state.thread = null;
    setting.set("channel", id);
    openDrawer(false);
    drawAll();
    void talk.fetchPosts(id);
    if (!narrow()) state.shell.composer.focus();
  }

  function openThread(entry: Entry): void {
    state.thread = entry.thread;
    drawThread();
    drawRail();
    void warnWhenForgotten(entry);
    if (!narrow()) state.shell.threadComposer.focus();
  }

  function openThreadAnywhere(entry: Entry): void {
    if (entry.channel !== state.channel) openChannel(entry.channel);
    openDrawer(false);
    openThread(entry);
  }

  /** The browser may remember a thread that the bot's database no longer has. */
  async function warnWhenForgotten(entry: Entry): Promise<void> {
    const got = await api.thread(entry.channel, entry.thread);
    if (!got.ok || got.value.known || state.thread !== entry.thread || !isAnswered(entry)) return;
    const note = h("p", { class: "forgotten" }, icon("note"), h("span", {}, state.words("forgotten")));
    state.shell.threadList.append(note);
  }

  function closeThread(): void {
    const first = rootOf(transcript.all(), state.thread);
    state.thread = null;
    drawThread();
    drawRail();
    const card = first && elementOf(state.shell.list, first.id);
    (card?.querySelector<HTMLElement>(".thread-link") ?? state.shell.list).focus({ preventScroll: true });
  }

  function closeTopmost(): void {
    if (root.classList.contains("drawer-open")) openDrawer(false);
    else if (state.thread !== null) closeThread();
  }

  function openDrawer(open: boolean): void {
    const was = root.classList.contains("drawer-open");
    root.classList.toggle("drawer-open", open);
    state.shell.menu.setAttribute("aria-expanded", String(open));
    if (open) state.shell.rail.querySelector<HTMLElement>("[aria-current]")?.focus();
    else if (was) state.shell.menu.focus();
  }

  function setLanguage(language: Language): void {
    setting.set("language", language);
    state.language = language;
    state.words = wordsIn(language);
    state.shell = layOut(language, state.words);
    drawAll();
    state.shell.rail.querySelector("select")?.focus();
  }

  function setTheme(theme: Theme): void {
    setting.set("theme", theme === "auto" ? null : theme);
    state.theme = theme;
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    document.dispatchEvent(new Event("themechange"));
    drawRail();
    state.shell.rail.querySelector<HTMLElement>(".theme")?.focus();
  }

  function clear(): void {
    transcript.remove((entry) => entry.channel !== state.channel);
    state.thread = null;
    drawAll();
  }

  function inThread(): boolean {
    return state.thread !== null && state.shell.thread.contains(document.activeElement);
  }
}

/** Shown while the server cannot be reached at the very start. */
export function startingPage(root: HTMLElement): void {
  const words = wordsIn(readLanguage());
  replaceChildren(root, h("div", { class: "starting" }, mark(), h("p", {}, words("offline"))));
}

const readLanguage = (): Language => preferredLanguage([setting.get("language") ?? "", ...navigator.languages]);
const narrow = (): boolean => matchMedia("(max-width: 760px)").matches;
const elementOf = (list: HTMLElement, id: string): Element | undefined =>
  [...list.children].find((element) => element.getAttribute("data-entry") === id);
/** A message that came by schedule has no words before it: its own first line. */
const titleOf = (entry: Entry | undefined): string =>
  entry?.said.text ||
  (entry?.outcome.kind === "heard" && entry.outcome.reply.type === "answer" ? entry.outcome.reply.answer.headline : "");
const isAnswered = ({ outcome }: Entry): boolean =>
  outcome.kind === "heard" && outcome.reply.type === "answer" && outcome.reply.answer.status === "answered";
