import { randomUUID } from "node:crypto";
import type { Answer, Language } from "../../chat/answer.ts";
import type { Bot, ChartPort, Inbound, Reply } from "../../chat/port.ts";
import type { Log } from "../../kernel/log.ts";
import { cardCharts } from "./card-charts.ts";
import type { Delivered, Deliverer, LarkMessage, Target } from "./deliver.ts";
import { FILE_NAME_CHARS_MAX } from "./limits.ts";
import { oneLine } from "./plain.ts";
import { answerPost, contentOf, noticePost, sqlPost } from "./post.ts";
import type { Received } from "./receive.ts";
import { renderAnswer } from "./render.ts";
import { WORDS } from "./words.ts";

/** What a turn needs: the bot, its charts, and the way back to Lark. */
export interface Talk {
  readonly bot: Bot;
  readonly charts: ChartPort;
  readonly deliverer: Deliverer;
  readonly zoneOf: (openId: string) => Promise<string | undefined>;
  readonly log: Log;
  /** Language of a sentence about our own fault, when no answer told the person's. */
  readonly home: Language;
}
/** One conversation turn: where it came from and how to post into it. */
interface Turn {
  readonly inbound: Inbound;
  readonly replyTo: string;
  /** Root of the thread that the reply stands in. */
  readonly root: string;
  readonly key: string;
}

/**
 * One turn: asks the bot and posts its reply into the thread. Whatever fails, the person gets a sentence, never silence or a stack; the
 * promise rejects only when that sentence cannot be made either.
 */
export async function respond(received: Received, talk: Talk): Promise<void> {
  if (received.type === "stale") return;
  if (received.type === "ignored") {
    talk.log.debug({ platform: "lark", why: received.why }, "event ignored");
    return;
  }
  const { inbound, replyTo } = received;
  if (await overheardElsewhere(inbound, talk.bot)) return;
  const turn: Turn = { inbound, replyTo, root: inbound.thread ?? replyTo, key: inbound.deliveries.at(-1) ?? replyTo };
  try {
    const reply = await talk.bot.respond(await withZone(inbound, talk));
    await answerWith(reply, turn, talk);
  } catch (error) {
    const reference = `f-${randomUUID().slice(0, 8)}`;
    talk.log.error({ platform: "lark", reference, err: error }, "a turn failed");
    await say(WORDS[talk.home].fault(reference), talk.home, turn, talk, "fault");
  }
}

/** Words that were not for the bot concern it only in its own threads. */
async function overheardElsewhere(inbound: Inbound, bot: Bot): Promise<boolean> {
  if (inbound.act.type !== "words" || inbound.act.spokenTo || inbound.thread === null) return false;
  return !(await bot.knows({ ...inbound.where, thread: inbound.thread }));
}

async function withZone(inbound: Inbound, talk: Talk): Promise<Inbound> {
  if (inbound.person.zone) return inbound;
  const zone = await talk.zoneOf(inbound.person.id);
  return zone ? { ...inbound, person: { ...inbound.person, zone } } : inbound;
}

async function answerWith(reply: Reply, turn: Turn, talk: Talk): Promise<void> {
  switch (reply.type) {
    case "nothing":
      return;
    case "notice":
      await say(reply.text, reply.language, turn, talk, "notice");
      return;
    case "answer":
      await postAnswer(reply.answer, turn, talk);
      return;
    case "sql": {
      const post = sqlPost(reply);
      if (post) await deliver({ msgType: "post", content: contentOf(post, "en") }, turn, talk, "sql");
      else await postFile(`${reply.receipt}.sql`, statementsText(reply), turn, talk, "sql");
      return;
    }
    case "csv":
      await postFile(reply.fileName, reply.content, turn, talk, "csv");
      return;
    default:
      reply satisfies never;
  }
}

async function postAnswer(answer: Answer, turn: Turn, talk: Talk): Promise<void> {
  const bind = async (root: string): Promise<void> => {
    if (answer.receipt !== null) await talk.bot.bind({ ...turn.inbound.where, thread: root }, answer.receipt);
  };
  // Before the post: the root is the question, known already, and a quick follow-up must find its thread.
  if (turn.inbound.thread === null) await bind(turn.root);
  const card = renderAnswer(answer, await cardCharts(answer.charts, talk), turn.root);
  let { outcome, root } = await deliver({ msgType: "interactive", content: card }, turn, talk, "card", answer.language);
  if (outcome.type === "refused" && (outcome.reason === "bad_content" || outcome.reason === "other")) {
    const content = contentOf(answerPost(answer), answer.language);
    ({ outcome, root } = await deliver({ msgType: "post", content }, turn, talk, "text", answer.language));
  }
  if (outcome.type === "posted" && root !== turn.root) await bind(root);
}

async function postFile(name: string, content: string, turn: Turn, talk: Talk, part: string): Promise<void> {
  const key = await talk.deliverer.uploadFile(safeFileName(name), Buffer.from(content, "utf8"));
  if (key === null) await say(WORDS[talk.home].fileFailed, talk.home, turn, talk, part);
  else await deliver({ msgType: "file", content: { file_key: key } }, turn, talk, part);
}

const safeFileName = (name: string): string =>
  oneLine(name.replace(/[/\\:*?"<>|]/g, "-"), FILE_NAME_CHARS_MAX) || "modstats.txt";

const statementsText = (reply: Extract<Reply, { type: "sql" }>): string =>
  reply.statements
    .map((statement) => `${statement.text};\n-- ${statement.params.replace(/\n/g, "\n-- ")}\n`)
    .join("\n");

async function say(sentence: string, language: Language, turn: Turn, talk: Talk, part: string): Promise<void> {
  await deliver({ msgType: "post", content: contentOf(noticePost(sentence), language) }, turn, talk, part, language);
}

/**
 * Into the thread of the message answered. Where that cannot be: without a thread, or into the chat; and where the bot may not speak at
 * all, the person is told so directly. `part` keeps the posts of one turn apart for Lark's deduplication.
 */
async function deliver(
  message: LarkMessage,
  turn: Turn,
  talk: Talk,
  part: string,
  language = talk.home,
): Promise<{ readonly outcome: Delivered; readonly root: string }> {
  const { inbound, replyTo, key, root } = turn;
  const chat = inbound.where.channel;
  const send = (target: Target, how: string): Promise<Delivered> =>
    talk.deliverer.send(target, message, `${key}:${part}:${how}`);
  const outcome = await send({ to: "reply", chat, messageId: replyTo, inThread: true }, "thread");
  if (outcome.type !== "refused") return { outcome, root };
  if (outcome.reason === "no_threads") {
    return { outcome: await send({ to: "reply", chat, messageId: replyTo, inThread: false }, "reply"), root };
  }
  if (outcome.reason === "target_gone") {
    const fresh = await send({ to: "chat", chat }, "chat");
    return { outcome: fresh, root: fresh.type === "posted" ? fresh.messageId : root };
  }
  if (outcome.reason === "not_in_chat" || outcome.reason === "not_allowed") {
    const sentence = WORDS[language][outcome.reason === "not_in_chat" ? "notInChat" : "notAllowed"];
    const note: LarkMessage = { msgType: "post", content: contentOf(noticePost(sentence), language) };
    await talk.deliverer.send({ to: "person", openId: inbound.person.id }, note, `${key}:${part}:person`);
  }
  return { outcome, root };
}
