import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { types } from "@slack/bolt";
import type { Answer, Language } from "../../chat/answer.ts";
import type { Bot, ChartPort, Inbound, Person, Reply, ThreadRef } from "../../chat/port.ts";
import type { Log } from "../../kernel/log.ts";
import type { Delivery } from "./deliver.ts";
import { formView, formWords } from "./form.ts";
import { homeView } from "./home.ts";
import { slackLimits } from "./limits.ts";
import type { Openings } from "./openings.ts";
import { suggestedPrompts } from "./prompts.ts";
import { act, type Received, type ReplyTo } from "./receive.ts";
import { renderAnswer, renderHint, renderNotice, renderSql, sqlFile } from "./render.ts";
import { safeLine } from "./text.ts";
import { failureOf, type SlackWeb } from "./web.ts";
import { languageOf, wordsIn } from "./words.ts";

export interface Parts {
  readonly bot: Bot;
  readonly charts: ChartPort;
  readonly delivery: Delivery;
  readonly people: (personId: string) => Promise<Person>;
  readonly web: SlackWeb;
  readonly openings: Openings;
  readonly log: Log;
}

/** What happens after the ack: one received thing → what the person sees. Rejects only on a bug. */
export async function converse(received: Received, parts: Parts): Promise<void> {
  switch (received.type) {
    case "ignored":
      parts.log.debug({ reason: received.reason }, "slack event ignored");
      return;
    case "stale": {
      const { locale } = await parts.people(received.to.personId);
      await parts.delivery.whisper(renderHint(wordsIn(languageOf(locale)).stale), received.to);
      return;
    }
    case "form":
      return openForm(received.triggerId, received.to, parts);
    case "submitted":
      return submit(received, parts);
    case "home":
      return showHome(received.tenant, received.personId, parts);
    case "prompts":
      return offerPrompts(received, parts);
    case "act":
      return answer(received.inbound, received.to, parts);
    default:
      return received satisfies never;
  }
}

async function answer(heard: Inbound, addressed: ReplyTo, parts: Parts): Promise<void> {
  const { bot, people, delivery, log } = parts;
  const channel = addressed.channel ?? (await delivery.directChannel(addressed.personId));
  if (channel === null) {
    log.warn("nowhere to answer: direct messages are closed");
    return;
  }
  const to: ReplyTo = { ...addressed, channel };
  const where = { ...heard.where, channel };
  const overheard = heard.act.type === "words" && !heard.act.spokenTo;
  if (overheard && !(await isOurs({ ...where, thread: heard.thread ?? "" }, parts))) return;
  const person = await people(heard.person.id);
  const language = languageOf(person.locale);
  const quiet = overheard ? () => {} : sayWorking(to, language, parts);
  const reply = await bot.respond({ ...heard, where, person });
  quiet();
  await deliverReply(reply, { ...heard, where }, to, language, parts);
}

async function isOurs(thread: ThreadRef, { bot, openings }: Parts): Promise<boolean> {
  if (await bot.knows(thread)) return true;
  await openings.settled(thread.channel);
  return bot.knows(thread);
}

async function deliverReply(
  reply: Reply,
  heard: Inbound,
  to: ReplyTo,
  language: Language,
  parts: Parts,
): Promise<void> {
  const { delivery } = parts;
  const key = postKey(heard.deliveries);
  switch (reply.type) {
    case "nothing":
      return;
    case "answer":
      return postAnswer(reply.answer, heard, to, key, parts);
    case "notice": {
      const notice = renderNotice(reply.text);
      // A root message that only says "busy" would be noise for everyone else in the channel.
      if (to.thread === null && (await delivery.whisper(notice, to))) return;
      await delivery.post(() => notice, to, reply.language, key);
      return;
    }
    case "sql": {
      const message = renderSql(reply, language);
      if (message) {
        await delivery.post(() => message, to, language, key);
        return;
      }
      const content = new TextEncoder().encode(sqlFile(reply));
      return sendFile(
        { name: `${reply.receipt}.sql`, title: reply.title, comment: wordsIn(language).sqlInFile, content },
        to,
        language,
        key,
        delivery,
      );
    }
    case "csv": {
      const content = new TextEncoder().encode(reply.content);
      return sendFile(
        { name: reply.fileName, title: reply.title, comment: reply.title, content },
        to,
        language,
        key,
        delivery,
      );
    }
    default:
      return reply satisfies never;
  }
}

async function sendFile(
  file: { name: string; title: string; comment: string; content: Uint8Array },
  to: ReplyTo,
  language: Language,
  key: string,
  delivery: Delivery,
): Promise<void> {
  const shown = {
    ...file,
    title: safeLine(file.title, 150),
    comment: safeLine(file.comment, slackLimits.section_characters_max),
  };
  if (await delivery.file(shown, to)) return;
  const sorry = renderHint(wordsIn(language).fileFailed);
  await delivery.post(() => sorry, to, language, key);
}

/** Text first, then the thread's memory, then the pictures: each is complete without the next. */
async function postAnswer(given: Answer, heard: Inbound, to: ReplyTo, key: string, parts: Parts): Promise<void> {
  const { delivery, charts, openings } = parts;
  const posted = await openings.during(heard.where.channel, async () => {
    const outcome = await delivery.post((style) => renderAnswer(given, charts, style), to, given.language, key);
    if (outcome.type !== "posted") return null;
    const at = { channel: outcome.channel, thread: to.thread ?? outcome.ts };
    if (given.receipt) await bindNew(heard, at, given.receipt, parts);
    return { at, pictures: outcome.message.pictures };
  });
  if (posted) await delivery.pictures(posted.pictures, posted.at, given.language);
}

/** A thread that the core does not know yet continues from this answer; a known one has moved on by itself. */
async function bindNew(
  heard: Inbound,
  at: { readonly channel: string; readonly thread: string },
  receipt: Parameters<Bot["bind"]>[1],
  { bot }: Parts,
): Promise<void> {
  const ref = { ...heard.where, ...at };
  if (heard.thread !== null && (await bot.knows(ref))) return;
  await bot.bind(ref, receipt);
}

/** After a second of silence the person sees that work is under way; the returned function ends the wait. */
function sayWorking(to: ReplyTo, language: Language, { web, log }: Parts): () => void {
  const status = wordsIn(language).working;
  const timer = setTimeout(() => {
    if (to.responseUrl && (to.thread === null || to.ephemeral)) {
      void web.respond(to.responseUrl, { text: status });
      return;
    }
    if (!to.channel || !to.thread) return;
    // Slack takes the status away by itself when the reply arrives.
    web.read.assistant.threads
      .setStatus({ channel_id: to.channel, thread_ts: to.thread, status })
      .catch((error: unknown) => log.debug({ failure: failureOf(error) }, "no status shown"));
  }, slackLimits.silence_ms_max);
  return () => clearTimeout(timer);
}

/** The trigger lives for three seconds, so the person's language gets only a part of them. */
async function openForm(triggerId: string, to: ReplyTo, { bot, people, web, delivery, log }: Parts): Promise<void> {
  const unknown: Person = { id: to.personId };
  const person = await Promise.race([
    people(to.personId),
    sleep(slackLimits.form_language_ms_max, unknown, { ref: false }),
  ]);
  const language = languageOf(person.locale);
  try {
    const view = formView(await bot.form(language), language, to);
    await web.write.views.open({ trigger_id: triggerId, view });
  } catch (error) {
    log.warn({ failure: failureOf(error) }, "form not opened");
    await delivery.whisper(renderHint(wordsIn(language).formExpired), to);
  }
}

async function submit(sent: Extract<Received, { type: "submitted" }>, parts: Parts): Promise<void> {
  const { locale } = await parts.people(sent.to.personId);
  const text = formWords(sent.values, languageOf(locale));
  if (text === null) {
    parts.log.warn("a form of another shape was sent");
    return;
  }
  return converse(act(sent.to, null, [sent.delivery], { type: "words", text, spokenTo: true }), parts);
}

async function showHome(tenant: string, personId: string, { bot, people, web, log }: Parts): Promise<void> {
  const language = languageOf((await people(personId)).locale);
  const favourites = await bot.favourites({ platform: "slack", tenant, channel: personId }, language);
  try {
    await web.read.views.publish({ user_id: personId, view: homeView(favourites, language) as types.HomeView });
  } catch (error) {
    log.warn({ failure: failureOf(error) }, "home not published");
  }
}

async function offerPrompts(
  opened: Extract<Received, { type: "prompts" }>,
  { bot, people, web, log }: Parts,
): Promise<void> {
  const language = languageOf((await people(opened.personId)).locale);
  const where = { platform: "slack", tenant: opened.tenant, channel: opened.channel } as const;
  const offer = suggestedPrompts(await bot.favourites(where, language), language);
  if (!offer) return;
  try {
    await web.read.assistant.threads.setSuggestedPrompts({
      channel_id: opened.channel,
      title: offer.title,
      prompts: [...offer.prompts],
      ...(opened.thread ? { thread_ts: opened.thread } : {}),
    });
  } catch (error) {
    log.debug({ failure: failureOf(error) }, "no prompts shown");
  }
}

/** The same act makes the same key, so that its post can be found again. */
const postKey = (deliveries: readonly string[]): string =>
  createHash("sha256").update(deliveries.join("\n")).digest("hex").slice(0, 32);
