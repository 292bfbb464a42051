import type { ChannelRef } from "../../chat/port.ts";
import type { Asking } from "../asking.ts";
import type { BotParts } from "../parts.ts";

export interface Place {
  readonly channel: string;
  /** As people say it; null = the channel that the words were said in. */
  readonly name: string | null;
}
export type PlaceFound =
  | { readonly ok: true; readonly place: Place }
  /** One sentence that says what to do. */
  | { readonly ok: false; readonly sentence: string };

/** Where "#ops-th" is, and whether the bot can post there; without a name the channel that was spoken in. */
export async function placeOf(
  parts: BotParts,
  where: ChannelRef,
  to: string | null,
  asking: Asking,
): Promise<PlaceFound> {
  if (to === null) return { ok: true, place: { channel: where.channel, name: null } };
  const typed = to.replace(/^#/, "");
  const [name = typed, mentioned = asking.asker?.channels[typed]] = typed.split("|").reverse();
  const directory = parts.directories.get(where.platform);
  if (!directory) return { ok: true, place: { channel: mentioned ?? name, name: `#${name}` } };
  const found = await directory.channel(where, mentioned ?? name);
  const { say } = asking;
  if (found.type === "absent")
    return { ok: false, sentence: say(where.platform === "lark" ? "place.add" : "place.absent", { name: `#${name}` }) };
  if (found.type === "unknown") return { ok: false, sentence: say("place.unknown", { name: `#${name}` }) };
  if (!found.member)
    return {
      ok: false,
      sentence: say(where.platform === "slack" ? "place.invite" : "place.add", { name: `#${found.name}` }),
    };
  return { ok: true, place: { channel: found.id, name: `#${found.name}` } };
}

/** How a place is called in a sentence. */
export const placeName = (place: Pick<Place, "name">, asking: Asking): string => place.name ?? asking.say("place.here");
