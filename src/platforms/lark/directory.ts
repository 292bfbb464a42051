import { z } from "zod";
import type { Directory, FoundChannel, FoundPerson } from "../../chat/port.ts";
import type { LarkClient } from "./client.ts";

const PAGE = 100;
const PAGES_MAX = 20;

const pageSchema = z.looseObject({
  data: z.looseObject({
    items: z.array(z.looseObject({ chat_id: z.string(), name: z.string().optional() })).optional(),
    page_token: z.string().optional(),
    has_more: z.boolean().optional(),
  }),
});
const userSchema = z.looseObject({
  data: z.looseObject({
    user: z.looseObject({
      name: z.string().optional(),
      status: z
        .looseObject({
          is_resigned: z.boolean().optional(),
          is_frozen: z.boolean().optional(),
          is_exited: z.boolean().optional(),
        })
        .optional(),
    }),
  }),
});

/**
 * Groups by name and people. Lark lists only the groups that the bot is in (`im:chat:readonly`), so that a group which is not listed is one
 * to add the bot to. People need `contact:user.base:readonly` and `contact:user.employee:readonly`.
 */
export function createDirectory(client: LarkClient): Directory {
  return {
    async channel(at, name): Promise<FoundChannel> {
      if (name === at.channel) return { type: "found", id: name, name, member: true };
      try {
        return await findChat(client, name);
      } catch (error) {
        return { type: "unknown", cause: error instanceof Error ? error.message : "unknown" };
      }
    },
    async person(_, id): Promise<FoundPerson> {
      try {
        const answer: unknown = await client.api.request({
          method: "GET",
          url: `/open-apis/contact/v3/users/${encodeURIComponent(id)}`,
          params: { user_id_type: "open_id" },
        });
        const user = userSchema.safeParse(answer).data?.data.user;
        if (user?.status?.is_resigned || user?.status?.is_exited || user?.status?.is_frozen) return { type: "gone" };
        return user?.name ? { type: "active", name: user.name } : { type: "unknown" };
      } catch {
        return { type: "unknown" };
      }
    },
  };
}

async function findChat(client: LarkClient, name: string): Promise<FoundChannel> {
  const wanted = plain(name);
  let token: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer: unknown = await client.api.request({
      method: "GET",
      url: "/open-apis/im/v1/chats",
      params: { page_size: PAGE, ...(token ? { page_token: token } : {}) },
    });
    const { items = [], page_token, has_more } = pageSchema.parse(answer).data;
    const found = items.find((chat) => chat.chat_id === name || plain(chat.name ?? "") === wanted);
    if (found) return { type: "found", id: found.chat_id, name: found.name ?? found.chat_id, member: true };
    if (!has_more || !page_token) break;
    token = page_token;
  }
  return { type: "absent" };
}

/** "#Ops TH" and "ops-th" are the same group: a name with spaces cannot be typed as one word. */
const plain = (name: string): string =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/^#/, "")
    .replace(/[\s_-]+/gu, "-");
