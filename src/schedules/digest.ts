import { z } from "zod";
import { LANGUAGES, type Language } from "../chat/answer.ts";
import { sayIn } from "../chat/messages.ts";
import type { ChannelRef, PlatformName } from "../chat/port.ts";
import type { PostContent } from "../chat/post.ts";
import type { Asking } from "../handlers/asking.ts";
import { sharedLook } from "../handlers/digest/look.ts";
import { prepareDigest } from "../handlers/digest/prepare.ts";
import type { BotParts } from "../handlers/parts.ts";
import type { Composer } from "./compose.ts";

const payloadSchema = z.object({
  type: z.literal("digest"),
  filters: z.record(z.string(), z.array(z.string())).default({}),
});

/** The morning's digest: its head, then each finding as the root of a thread. Digests of one slot share the look at the mart. */
export function digestComposer(parts: BotParts, monotonic: () => number): Composer {
  const lookAt = sharedLook(monotonic);
  return async ({ schedule, at }): Promise<PostContent[]> => {
    const { filters } = payloadSchema.parse(schedule.payload);
    const language = languageOf(schedule.language);
    const asking: Asking = {
      catalog: parts.catalog,
      measure: parts.measure,
      say: sayIn(language, schedule.locale),
      language,
      locale: schedule.locale,
      zone: schedule.zone,
      now: at,
    };
    const { tenant, channel } = schedule;
    const where: ChannelRef = { platform: schedule.platform as PlatformName, tenant, channel };
    const prepared = await prepareDigest(filters, where, asking, { ...parts, lookAt });
    if (!prepared.ok)
      throw new Error(`the digest was refused: ${prepared.error.code}`, { cause: prepared.error.cause });
    return prepared.value.notes.map((note) => ({ type: "note", note }));
  };
}

const languageOf = (text: string): Language => LANGUAGES.find((language) => language === text) ?? "en";
