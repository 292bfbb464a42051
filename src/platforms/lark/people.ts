import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import type { LarkClient } from "./client.ts";

const KNOWN_MAX = 5_000;
const KEPT_MS = 24 * 3_600_000;
/** Whoever cannot be looked up (scope not granted, Lark slow) is not asked about again for an hour. */
const UNKNOWN_KEPT_MS = 3_600_000;

const userSchema = z.looseObject({
  data: z.looseObject({ user: z.looseObject({ time_zone: z.string().min(1).max(60).optional() }) }),
});

/**
 * The zone of a person's profile, if the app may read it (`contact:user.employee:readonly`). Events do not carry it. Never rejects:
 * without an answer the core takes its default zone.
 */
export function createPeople(client: LarkClient, clock: Clock): (openId: string) => Promise<string | undefined> {
  const known = new Map<string, { readonly zone: string | undefined; readonly until: number }>();
  return async (openId) => {
    const entry = known.get(openId);
    if (entry && entry.until > clock.now()) return entry.zone;
    const zone = await lookUp(client, openId);
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(openId, { zone, until: clock.now() + (zone === undefined ? UNKNOWN_KEPT_MS : KEPT_MS) });
    return zone;
  };
}

async function lookUp(client: LarkClient, openId: string): Promise<string | undefined> {
  try {
    const url = `/open-apis/contact/v3/users/${encodeURIComponent(openId)}`;
    const answer: unknown = await client.api.request({ method: "GET", url, params: { user_id_type: "open_id" } });
    const zone = userSchema.safeParse(answer).data?.data.user.time_zone;
    return zone !== undefined && isZone(zone) ? zone : undefined;
  } catch {
    return undefined;
  }
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
