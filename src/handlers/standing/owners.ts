import type { ChannelRef } from "../../chat/port.ts";
import type { Note, NoteButton } from "../../chat/post.ts";
import type { ManageVerb } from "../../kernel/question.ts";
import { ownerChecked, type Schedule, schedulesOfChannel } from "../../queries/state/schedules.ts";
import type { Asking } from "../asking.ts";
import type { BotParts } from "../parts.ts";
import { manageQuestion } from "./buttons.ts";
import { askingOf } from "./look.ts";
import { nameOf } from "./name.ts";
import { payloadOf } from "./payload.ts";

const DAY_MS = 86_400_000;
/** An owner who said that a schedule is wanted is not asked again for this long. */
const ASKED_AGAIN_AFTER_MS = 90 * DAY_MS;
const BUTTONS_FOR_MAX = 2;

/**
 * The weekly look at a channel's schedules: those whose owner has gone are offered to everybody, the others' owners are asked four times a
 * year. One note a person; none when all is well.
 */
export async function checkOwners(parts: BotParts, check: Schedule, at: number): Promise<Note[]> {
  const asking = askingOf(parts, check, at);
  const where = { platform: check.platform, tenant: check.tenant, channel: check.channel } as ChannelRef;
  const standing = (await schedulesOfChannel(parts.writer, where)).filter((schedule) => {
    const payload = payloadOf(schedule);
    return payload.type !== "owners" && !(payload.type === "watch" && payload.escalates !== undefined);
  });
  const notes: Note[] = [];
  for (const [owner, mine] of byOwner(standing)) {
    const found = await parts.directories.get(where.platform)?.person(where, owner);
    if (found?.type === "gone") notes.push(ownerNote("owners.gone", mine, owner, asking));
    const stale = mine.filter(({ ownerCheckedAt }) => at - ownerCheckedAt >= ASKED_AGAIN_AFTER_MS);
    if (found?.type === "active" && stale.length > 0) {
      notes.push(ownerNote("owners.ask", stale, found.name, asking));
      for (const { id } of stale) await ownerChecked(parts.writer, id);
    }
  }
  return notes;
}

function byOwner(schedules: readonly Schedule[]): Map<string, Schedule[]> {
  const groups = new Map<string, Schedule[]>();
  for (const schedule of schedules) groups.set(schedule.owner, [...(groups.get(schedule.owner) ?? []), schedule]);
  return groups;
}

function ownerNote(key: "owners.gone" | "owners.ask", mine: readonly Schedule[], person: string, asking: Asking): Note {
  const verbs: readonly ManageVerb[] = key === "owners.gone" ? ["take_over", "stop"] : ["keep", "stop"];
  return {
    language: asking.language,
    locale: asking.locale,
    title: asking.say(key, { person, n: mine.length }),
    lines: mine.map((schedule) => `• ${nameOf(schedule, asking)} (${schedule.id})`),
    small: [asking.say("owners.how", { id: mine[0]?.id ?? "" })],
    chart: null,
    buttons: mine.slice(0, BUTTONS_FOR_MAX).flatMap((schedule) =>
      verbs.map(
        (verb): NoteButton => ({
          label: asking.say(LABELS[verb] ?? "button.stop_it", { name: nameOf(schedule, asking) }),
          act: { type: "choice", question: manageQuestion({ verb, id: schedule.id }) },
        }),
      ),
    ),
    about: null,
  };
}
const LABELS: Partial<Record<ManageVerb, "button.take_over_it" | "button.keep_it" | "button.stop_it">> = {
  take_over: "button.take_over_it",
  keep: "button.keep_it",
  stop: "button.stop_it",
};
