import type { ChannelRef } from "../../chat/port.ts";
import type { Asking } from "../asking.ts";

/**
 * Who may see sellers one by one, and where: the right belongs to the person who asks and to the place where the answer lands, for everybody
 * there reads it. Entries are "slack:U024BE7LH", "lark:ou_…", "slack:C061EG9SL".
 */
export interface SellerIdGrant {
  readonly people: ReadonlySet<string>;
  readonly places: ReadonlySet<string>;
}

/** Whether sellers may be named. Without a grant, and where the clock asks, nobody is shown them. */
export function maySeeSellers(grant: SellerIdGrant | undefined, { asker }: Asking, where: ChannelRef): boolean {
  if (!grant || !asker) return false;
  return (
    grant.people.has(`${where.platform}:${asker.person}`) && grant.places.has(`${where.platform}:${where.channel}`)
  );
}
