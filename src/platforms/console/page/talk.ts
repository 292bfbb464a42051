import type { Receipt } from "../../../kernel/brand.ts";
import type { Heard, Posted } from "../wire.ts";
import * as api from "./api.ts";
import { type Entry, setting, type Transcript } from "./transcript.ts";

/** The page's side of the conversation: says things, keeps what came back, reports each change of an entry. */
export interface Talk {
  /** Words, or a chosen Question under its label; `thread` null opens a new one. */
  say(channel: string, thread: string | null, said: Entry["said"]): Promise<void>;
  /** Fetches what came by schedule since it was last looked; an earlier post that was cleared away does not come back. */
  fetchPosts(channel: string): Promise<void>;
  /** The same again: under the same id where the bot may never have heard it, else as a new act. */
  again(entry: Entry): Promise<void>;
  detail(entry: Entry, receipt: Receipt, detail: "sql" | "csv"): Promise<api.Got<Heard>>;
}

export function createTalk(transcript: Transcript, locale: () => string, changed: (entry: Entry) => void): Talk {
  return {
    say: (channel, thread, said) => speak(begun(channel, thread, said)),
    again(entry) {
      const unheard = entry.outcome.kind === "trouble" && entry.outcome.failure.trouble === "offline";
      return speak(
        unheard
          ? { ...entry, outcome: { kind: "working" } }
          : begun(entry.channel, entry.root ? null : entry.thread, entry.said),
      );
    },
    async fetchPosts(channel) {
      const got = await api.posts(channel);
      if (!got.ok) return;
      const seen = Number(setting.get(`posts.${channel}`) ?? 0);
      for (const post of got.value.filter(({ at }) => at > seen)) put(arrived(channel, post));
      const latest = got.value.at(-1)?.at ?? 0;
      if (latest > seen) setting.set(`posts.${channel}`, String(latest));
    },
    detail: (entry, receipt, detail) =>
      api.say("detail", {
        id: crypto.randomUUID(),
        channel: entry.channel,
        thread: entry.thread,
        ...person(),
        receipt,
        detail,
      }),
  };

  async function speak(entry: Entry): Promise<void> {
    put(entry);
    const started = performance.now();
    const { text, question, judged } = entry.said;
    const said = { id: entry.id, channel: entry.channel, thread: entry.root ? null : entry.thread, ...person() };
    const got = judged
      ? await api.say("verdict", { ...said, ...judged })
      : question === null
        ? await api.say("ask", { ...said, text })
        : await api.say("choice", { ...said, question });
    put({ ...entry, outcome: outcomeOf(got, Math.round(performance.now() - started)) });
  }

  function put(entry: Entry): void {
    transcript.put(entry);
    changed(entry);
  }

  function person(): { readonly zone: string; readonly locale: string } {
    return { zone: Intl.DateTimeFormat().resolvedOptions().timeZone, locale: locale() };
  }
}

function arrived(channel: string, { key, at, thread, reply, views, chartTexts, verdicts }: Posted): Entry {
  const outcome = { kind: "heard", ms: 0, reply, views, chartTexts } as const;
  return { id: key, channel, thread, root: true, at, said: { text: "", question: null }, verdicts, outcome };
}

function begun(channel: string, thread: string | null, said: Entry["said"]): Entry {
  const id = crypto.randomUUID();
  const root = thread === null;
  return { id, channel, thread: thread ?? `t-${id}`, root, at: Date.now(), said, outcome: { kind: "working" } };
}

function outcomeOf(got: api.Got<Heard>, ms: number): Entry["outcome"] {
  if (!got.ok) return { kind: "trouble", failure: got.failure };
  const { reply, views, chartTexts } = got.value;
  if (reply.type === "nothing") return { kind: "trouble", failure: { trouble: "handled" } };
  return { kind: "heard", ms, reply, views, chartTexts };
}
