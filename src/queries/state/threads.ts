import type { Pool } from "pg";

export interface ThreadKey {
  readonly platform: string;
  readonly tenant: string;
  readonly channel: string;
  readonly thread: string;
}
/** Where a thread stands; `state` is opaque to this module. */
export interface ThreadRecord {
  readonly language: string;
  readonly state: unknown;
}

export async function loadThread(pool: Pool, key: ThreadKey): Promise<ThreadRecord | null> {
  const { rows } = await pool.query<{ language: string; state: unknown }>(
    "select language, state from bot.threads where platform = $1 and tenant = $2 and channel = $3 and thread = $4",
    [key.platform, key.tenant, key.channel, key.thread],
  );
  return rows[0] ?? null;
}

export async function saveThread(pool: Pool, key: ThreadKey, record: ThreadRecord): Promise<void> {
  await pool.query(
    `insert into bot.threads (platform, tenant, channel, thread, language, state) values ($1, $2, $3, $4, $5, $6)
     on conflict (platform, tenant, channel, thread)
     do update set language = excluded.language, state = excluded.state, updated_at = now()`,
    [key.platform, key.tenant, key.channel, key.thread, record.language, JSON.stringify(record.state)],
  );
}
