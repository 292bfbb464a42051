import type { ChannelRef, Directory, FoundChannel, FoundPerson } from "../../chat/port.ts";
import type { Clock } from "../../kernel/clock.ts";
import { slackLimits } from "./limits.ts";
import { failureOf, type SlackWeb } from "./web.ts";

interface Channel {
  readonly id: string;
  readonly name: string;
  readonly member: boolean;
}

/**
 * Channels by name or id, and people. Needs the scopes channels:read and groups:read, users:read. A workspace's list of channels is read
 * page by page and remembered for some minutes; a name that is not in it is looked for anew, for it may be younger.
 */
export function createDirectory(web: SlackWeb, clock: Clock): Directory {
  let list: { readonly at: number; readonly channels: ReadonlyMap<string, Channel> } | null = null;
  const readList = async (): Promise<ReadonlyMap<string, Channel>> => {
    const channels = await allChannels(web);
    list = { at: clock.now(), channels };
    return channels;
  };
  return {
    async channel(at, name) {
      try {
        if (/^[CGD][A-Z0-9]{2,}$/.test(name)) return await byId(web, name);
        const wanted = name.toLowerCase();
        const isFresh = list !== null && clock.now() - list.at < slackLimits.channels_remembered_ms;
        const known = isFresh ? list?.channels.get(wanted) : undefined;
        const found = known?.member ? known : (await readList()).get(wanted);
        return found ? { type: "found", ...found } : await own(web, at, wanted);
      } catch (error) {
        return notFound(error);
      }
    },
    async person(_, id): Promise<FoundPerson> {
      try {
        const { user } = await web.read.users.info({ user: id });
        if (user?.deleted) return { type: "gone" };
        const name = user?.profile?.display_name || user?.real_name || user?.name;
        return name ? { type: "active", name } : { type: "unknown" };
      } catch (error) {
        const failure = failureOf(error);
        return failure.type === "refused" && failure.error === "user_not_found"
          ? { type: "gone" }
          : { type: "unknown" };
      }
    },
  };
}

async function allChannels(web: SlackWeb): Promise<Map<string, Channel>> {
  const found = new Map<string, Channel>();
  let cursor: string | undefined;
  for (let page = 0; page < slackLimits.channel_pages_max; page += 1) {
    const answer = await web.read.conversations.list({
      types: "public_channel,private_channel",
      exclude_archived: true,
      limit: slackLimits.channels_a_page,
      ...(cursor ? { cursor } : {}),
    });
    for (const { id, name, is_member: member = false } of answer.channels ?? [])
      if (id && name) found.set(name.toLowerCase(), { id, name, member });
    cursor = answer.response_metadata?.next_cursor || undefined;
    if (cursor === undefined) break;
  }
  return found;
}

async function byId(web: SlackWeb, id: string): Promise<FoundChannel> {
  const { channel } = await web.read.conversations.info({ channel: id });
  if (!channel?.id) return { type: "absent" };
  const member = channel.is_member === true || channel.is_im === true;
  return { type: "found", id: channel.id, name: channel.name ?? channel.id, member };
}

/** The channel that is spoken in, when the workspace has more channels than are read. */
async function own(web: SlackWeb, at: ChannelRef, name: string): Promise<FoundChannel> {
  const found = await byId(web, at.channel).catch((): FoundChannel => ({ type: "absent" }));
  return found.type === "found" && found.name.toLowerCase() === name ? found : { type: "absent" };
}

function notFound(error: unknown): FoundChannel {
  const failure = failureOf(error);
  if (failure.type === "refused" && failure.error === "channel_not_found") return { type: "absent" };
  return { type: "unknown", cause: failure.type === "limited" ? "ratelimited" : failure.error };
}
