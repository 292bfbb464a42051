import { z } from "zod";
import type { Log } from "../../kernel/log.ts";
import type { LarkClient } from "./client.ts";
import { LARK_LOCALES } from "./words.ts";

const PATH = "/open-apis/application/v7/app_slash_commands";

const DESCRIPTIONS: Readonly<Record<keyof typeof LARK_LOCALES, string>> = {
  en: "Ask for a moderation metric, e.g. overturn rate by market last 14d",
  zh: "查询审核指标，例如：各市场近14天推翻率",
  id: "Tanyakan metrik moderasi, mis. overturn rate per pasar 14 hari terakhir",
  vi: "Hỏi số liệu kiểm duyệt, ví dụ: overturn rate theo thị trường 14 ngày qua",
  th: "ถามตัวชี้วัดการตรวจสอบ เช่น overturn rate แยกตามตลาด 14 วันล่าสุด",
};

/**
 * Registers `/modstats` (application/v7, not among the SDK's typed calls): creates it, or corrects its description; commands of others
 * stay. Needs `application:app_slash_command:read` and `:write`. Without it `/modstats` typed as a message still works, so that a
 * failure is a line in the log and no more.
 */
export async function registerCommands(
  client: LarkClient,
  log: Log,
): Promise<"created" | "updated" | "unchanged" | "failed"> {
  try {
    const existing = await listed(client);
    const mine = existing.find((command) => command.command === "modstats");
    if (mine && sameDescription(mine.description)) return "unchanged";
    if (mine) {
      const url = `${PATH}/${encodeURIComponent(mine.command_id)}`;
      await client.api.request({ method: "PATCH", url, data: { description: description() } });
      return "updated";
    }
    await client.api.request({ method: "POST", url: PATH, data: { command: "modstats", description: description() } });
    return "created";
  } catch (error) {
    const cause = error instanceof Error ? error.message : "unknown";
    log.warn(
      { platform: "lark", cause },
      "/modstats not registered: the app needs application:app_slash_command:write",
    );
    return "failed";
  }
}

const listSchema = z.looseObject({
  data: z.looseObject({
    items: z
      .array(z.looseObject({ command_id: z.string(), command: z.string(), description: z.unknown() }))
      .max(1_000)
      .nullish(),
  }),
});

async function listed(
  client: LarkClient,
): Promise<readonly { command_id: string; command: string; description: unknown }[]> {
  const answer = listSchema.parse(await client.api.request({ method: "GET", url: PATH }));
  return (answer.data.items ?? []).map(({ command_id, command, description: text }) => ({
    command_id,
    command,
    description: text,
  }));
}

const description = (): { default_value: string; i18n: Record<string, string> } => ({
  default_value: DESCRIPTIONS.en,
  i18n: Object.fromEntries(
    Object.entries(DESCRIPTIONS).map(([language, text]) => [LARK_LOCALES[language as keyof typeof LARK_LOCALES], text]),
  ),
});

/** Locales that someone added by hand do not count as a difference. */
function sameDescription(theirs: unknown): boolean {
  const ours = description();
  const parsed = z
    .looseObject({ default_value: z.string(), i18n: z.record(z.string(), z.string()).nullish() })
    .safeParse(theirs);
  return (
    parsed.success &&
    parsed.data.default_value === ours.default_value &&
    Object.entries(ours.i18n).every(([locale, text]) => parsed.data.i18n?.[locale] === text)
  );
}
