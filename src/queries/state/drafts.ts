import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import type { NewSchedule } from "./schedules.ts";

const KEPT_DAYS = 7;

/** Keeps what is to be confirmed; its name becomes the schedule's. Old ones that nobody saved are forgotten. */
export async function keepDraft(pool: Pool, draft: NewSchedule): Promise<string> {
  const id = `s-${randomBytes(5).toString("hex")}`;
  await pool.query("delete from bot.schedule_drafts where created_at < clock_timestamp() - make_interval(days => $1)", [
    KEPT_DAYS,
  ]);
  await pool.query("insert into bot.schedule_drafts (id, draft) values ($1, $2)", [id, JSON.stringify(draft)]);
  return id;
}

/** The draft of this name; null when there is none any more. */
export async function findDraft(pool: Pool, id: string): Promise<NewSchedule | null> {
  const { rows } = await pool.query<{ draft: NewSchedule }>("select draft from bot.schedule_drafts where id = $1", [
    id,
  ]);
  return rows[0]?.draft ?? null;
}

export async function dropDraft(pool: Pool, id: string): Promise<boolean> {
  const { rowCount } = await pool.query("delete from bot.schedule_drafts where id = $1", [id]);
  return rowCount === 1;
}
