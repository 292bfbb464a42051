import { formatSlot } from "../../chat/format.ts";
import type { ChannelRef } from "../../chat/port.ts";
import type { ManageOrder, ManageVerb, Question } from "../../kernel/question.ts";
import type { Managing } from "../../language/managing.ts";
import { dropDraft, findDraft } from "../../queries/state/drafts.ts";
import {
  createSchedule,
  findSchedule,
  handOverSchedule,
  ownerChecked,
  pauseSchedule,
  resumeSchedule,
  type Schedule,
  schedulesOfChannel,
  schedulesOfOwner,
  stopSchedule,
} from "../../queries/state/schedules.ts";
import { saveReaction } from "../../queries/state/watches.ts";
import { type Asking, blankDraft, type Draft } from "../asking.ts";
import type { BotParts } from "../parts.ts";
import { button } from "./buttons.ts";
import { listSchedules } from "./list.ts";
import { nameOf } from "./name.ts";
import { payloadOf } from "./payload.ts";
import { placeName } from "./place.ts";
import { refused, rhythmOf } from "./propose-schedule.ts";
import { changeLevel } from "./propose-watch.ts";
import { nextRuns, rhythmName } from "./rhythm.ts";

const MUTE_DEFAULT_MINUTES = 24 * 60;

/** Words about schedules that are there: "my schedules", "pause s-…", "stop the overturn watch". */
export async function answerManaging(
  parts: BotParts,
  managing: Managing,
  question: Question,
  asking: Asking,
  where: ChannelRef,
): Promise<Draft> {
  const asked: Question = { ...question, kind: "schedule", options: { manage: { verb: managing.verb } } };
  if (managing.id !== null) return answerOrder(parts, { verb: managing.verb, id: managing.id }, asked, asking, where);
  const found = await candidates(parts, managing, question, asking, where);
  const [only] = found;
  if (managing.verb === "list") return listSchedules(parts, found, managing, asked, asking);
  if (found.length === 1 && only) return answerOrder(parts, { verb: managing.verb, id: only.id }, asked, asking, where);
  return found.length === 0
    ? listSchedules(parts, found, managing, asked, asking)
    : chooseOne(found, managing.verb, asked, asking);
}

/** Schedules that the words can mean: the asker's, or the channel's, narrowed by what they name. */
async function candidates(
  parts: BotParts,
  managing: Managing,
  question: Question,
  asking: Asking,
  where: ChannelRef,
): Promise<Schedule[]> {
  const all =
    managing.here || managing.verb === "take_over"
      ? await schedulesOfChannel(parts.writer, where)
      : await schedulesOfOwner(parts.writer, { ...where, owner: asking.asker?.person ?? "" });
  return all.filter((schedule) => {
    const payload = payloadOf(schedule);
    if (payload.type === "owners" || (payload.type === "watch" && payload.escalates !== undefined)) return false;
    if (managing.noun === "watch" && payload.type !== "watch") return false;
    if (managing.noun === "schedule" && managing.verb !== "list" && payload.type === "watch") return false;
    if (question.metrics.length === 0) return true;
    return (
      (payload.type === "question" || payload.type === "watch") &&
      question.metrics.some((id) => payload.question.metrics.includes(id))
    );
  });
}

function chooseOne(found: readonly Schedule[], verb: ManageVerb, question: Question, asking: Asking): Draft {
  return {
    ...blankDraft(asking, question, "clarify"),
    headline: asking.say("manage.which"),
    next: found.slice(0, 4).map((schedule) => ({
      ...button("button.save", { verb, id: schedule.id }, asking),
      label: nameOf(schedule, asking),
    })),
  };
}

/** One press or word on one schedule. What was done before stays done: a second press says how it stands. */
export async function answerOrder(
  parts: BotParts,
  order: ManageOrder,
  question: Question,
  asking: Asking,
  where: ChannelRef,
): Promise<Draft> {
  const id = order.id ?? "";
  if (order.verb === "list") return listOf(parts, order, question, asking, where);
  if (order.verb === "save") return save(parts, id, question, asking, where);
  if (order.verb === "level") return changeLevel(parts, id, Number(order.value), question, asking);
  if (order.verb === "discard") {
    await dropDraft(parts.writer, id);
    return told(asking.say("manage.discarded"), question, asking);
  }
  const schedule = await findSchedule(parts.writer, id);
  if (
    !schedule ||
    schedule.stoppedAt !== null ||
    schedule.tenant !== where.tenant ||
    schedule.platform !== where.platform
  )
    return refused(question, asking.say("manage.unknown", { id }), asking);
  const name = nameOf(schedule, asking);
  if (!(await mayHandle(parts, order.verb, schedule, asking, where)))
    return refused(
      question,
      asking.say("manage.not_yours", { name, owner: await ownerName(parts, schedule, where) }),
      asking,
    );
  return carryOut(parts, order, schedule, name, question, asking, where);
}

/** Its owner; for the one whose owner has gone, everybody who is there. Whoever is alerted may say that it is theirs, or mute it. */
async function mayHandle(
  parts: BotParts,
  verb: ManageVerb,
  schedule: Schedule,
  asking: Asking,
  where: ChannelRef,
): Promise<boolean> {
  if (schedule.owner === asking.asker?.person || verb === "mine" || verb === "mute") return true;
  const found = await parts.directories.get(where.platform)?.person(where, schedule.owner);
  return found?.type === "gone";
}

async function carryOut(
  parts: BotParts,
  order: ManageOrder,
  schedule: Schedule,
  name: string,
  question: Question,
  asking: Asking,
  where: ChannelRef,
): Promise<Draft> {
  const { say } = asking;
  const { id } = schedule;
  const me = asking.asker?.person ?? "";
  switch (order.verb) {
    case "pause":
      await pauseSchedule(parts.writer, id);
      return told(
        say("manage.paused", { name, id }),
        question,
        asking,
        [
          ["button.resume", "resume"],
          ["button.stop", "stop"],
        ],
        id,
      );
    case "resume":
      await resumeSchedule(parts.writer, id);
      return told(
        say("manage.resumed", { name, runs: nextRuns(parts, schedule, asking, 1) }),
        question, asking, [["button.pause", "pause"], ["button.stop", "stop"]], id,
      ); // biome-ignore format: one call
    case "stop":
      await stopSchedule(parts.writer, id);
      await stopEscalation(parts, schedule);
      return told(say("manage.stopped", { name }), question, asking);
    case "keep":
      await ownerChecked(parts.writer, id);
      return told(say("manage.kept", { name }), question, asking);
    case "take_over":
      await handOverSchedule(parts.writer, id, me);
      return told(
        say("manage.taken_over", { name }),
        question,
        asking,
        [
          ["button.pause", "pause"],
          ["button.stop", "stop"],
        ],
        id,
      );
    case "hand_over":
      return handOver(parts, order, schedule, name, question, asking, where);
    case "mine":
      await saveReaction(parts.writer, id, { person: me, reactedAt: asking.now, mutedUntil: null });
      return told(say("watch.mine", { name }), question, asking);
    case "mute": {
      const minutes = typeof order.value === "number" ? order.value : MUTE_DEFAULT_MINUTES;
      const until = asking.now + minutes * 60_000;
      await saveReaction(parts.writer, id, { person: me, reactedAt: asking.now, mutedUntil: until });
      return told(
        say("watch.muted", { name, until: formatSlot(until, asking.locale, schedule.zone) }),
        question,
        asking,
      );
    }
    default:
      return refused(question, say("manage.unknown", { id }), asking);
  }
}

async function save(
  parts: BotParts,
  id: string,
  question: Question,
  asking: Asking,
  where: ChannelRef,
): Promise<Draft> {
  const draft = await findDraft(parts.writer, id);
  if (!draft || draft.tenant !== where.tenant || draft.platform !== where.platform)
    return refused(question, asking.say("manage.expired"), asking);
  const schedule = await createSchedule(parts.writer, { ...draft, id });
  if (schedule.stoppedAt !== null) return refused(question, asking.say("manage.unknown", { id }), asking);
  const payload = payloadOf(schedule);
  if (payload.type === "watch") await addEscalation(parts, schedule, payload);
  await addOwnerCheck(parts, schedule);
  const name = nameOf(schedule, asking);
  const key = payload.type === "watch" ? "watch.saved" : "schedule.saved";
  return {
    ...blankDraft(asking, question, "answered"),
    headline: asking.say(key, {
      what: name,
      when: rhythmName(schedule, asking),
      where: placeName({ name: schedule.channelName }, asking),
    }),
    body: [
      payload.type === "watch"
        ? ""
        : asking.say("schedule.line.next", { runs: nextRuns(parts, rhythmOf(draft), asking) }),
      asking.say("manage.by_words", { id }),
    ].filter((line) => line !== ""),
    next: [
      button("button.pause", { verb: "pause", id }, asking),
      button("button.stop", { verb: "stop", id }, asking),
      button("button.list", { verb: "list" }, asking),
    ],
  };
}

/** When nobody reacts, another channel hears of it: a schedule of its own, so that it is posted as surely as everything else. */
async function addEscalation(
  parts: BotParts,
  watch: Schedule,
  payload: Extract<ReturnType<typeof payloadOf>, { type: "watch" }>,
): Promise<void> {
  if (!payload.escalateTo) return;
  await createSchedule(parts.writer, {
    ...watch,
    id: `${watch.id}-e`,
    payload: { ...payload, escalateTo: null, escalates: watch.id },
    cron: "35 * * * *",
    channel: payload.escalateTo.channel,
    channelName: payload.escalateTo.name,
  });
}
const stopEscalation = (parts: BotParts, { id }: Schedule): Promise<boolean> => stopSchedule(parts.writer, `${id}-e`);

/** Once a week each channel with schedules is told which of them have lost their owner, and the owners are asked. */
async function addOwnerCheck(parts: BotParts, schedule: Schedule): Promise<void> {
  await createSchedule(parts.writer, {
    id: `s-owners-${schedule.platform}-${schedule.tenant}-${schedule.channel}`,
    payload: { type: "owners" },
    cron: "0 10 * * 1",
    zone: schedule.zone,
    platform: schedule.platform,
    tenant: schedule.tenant,
    channel: schedule.channel,
    channelName: schedule.channelName,
    language: schedule.language,
    locale: schedule.locale,
    owner: schedule.owner,
  });
}

async function handOver(
  parts: BotParts,
  order: ManageOrder,
  schedule: Schedule,
  name: string,
  question: Question,
  asking: Asking,
  where: ChannelRef,
): Promise<Draft> {
  const { say, asker } = asking;
  const named = asker?.people[0] ?? /@([\p{L}\p{N}._-]+)/u.exec(asker?.words ?? "")?.[1];
  const to = typeof order.value === "string" ? order.value : named;
  if (to === undefined) return refused(question, say("manage.hand_over_to", { id: schedule.id }), asking);
  const found = await parts.directories.get(where.platform)?.person(where, to);
  if (found?.type === "gone") return refused(question, say("manage.gone", { person: `@${to}` }), asking);
  await handOverSchedule(parts.writer, schedule.id, to);
  return told(
    say("manage.handed_over", { name, person: found?.type === "active" ? found.name : `@${to}` }),
    question,
    asking,
  );
}

async function ownerName(parts: BotParts, schedule: Schedule, where: ChannelRef): Promise<string> {
  const found = await parts.directories.get(where.platform)?.person(where, schedule.owner);
  return found?.type === "active" ? found.name : schedule.owner;
}

async function listOf(
  parts: BotParts,
  order: ManageOrder,
  question: Question,
  asking: Asking,
  where: ChannelRef,
): Promise<Draft> {
  const managing: Managing = { verb: "list", noun: null, id: null, here: order.here === true };
  const found = await candidates(parts, managing, { ...question, metrics: [] }, asking, where);
  return listSchedules(parts, found, managing, question, asking);
}

function told(
  headline: string,
  question: Question,
  asking: Asking,
  buttons: readonly (readonly [Parameters<typeof button>[0], ManageVerb])[] = [],
  id = "",
): Draft {
  return {
    ...blankDraft(asking, question, "answered"),
    headline,
    next: [
      ...buttons.map(([label, verb]) => button(label, { verb, id }, asking)),
      button("button.list", { verb: "list" }, asking),
    ],
  };
}
