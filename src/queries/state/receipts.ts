import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import type { Receipt } from "../../kernel/brand.ts";
import type { SqlRecord } from "../../kernel/measurement.ts";
import { type Question, questionSchema } from "../../kernel/question.ts";

/** What is kept of one answer. `state` is the thread's state after it, opaque to this module. */
export interface ReceiptRecord {
  readonly receipt: Receipt;
  readonly platform: string;
  readonly tenant: string;
  readonly channel: string;
  readonly thread: string | null;
  readonly person: string;
  readonly words: string | null;
  readonly question: Question;
  readonly status: string;
  /** ISO instant. */
  readonly nowAt: string;
  readonly zone: string;
  readonly language: string;
  readonly sql: readonly SqlRecord[];
  readonly rowCount: number;
  readonly dataThrough: string | null;
  readonly state: unknown;
}

/** A fresh name of an answer: `r-` and ten hexadecimal digits (2^40 names). */
export const newReceipt = (): Receipt => `r-${randomBytes(5).toString("hex")}` as Receipt;

export async function saveReceipt(pool: Pool, record: ReceiptRecord): Promise<void> {
  await pool.query(
    `insert into bot.receipts (receipt, platform, tenant, channel, thread, person, words, question, status, now_at, zone, language,
                               sql, row_count, data_through, state)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      record.receipt,
      record.platform,
      record.tenant,
      record.channel,
      record.thread,
      record.person,
      record.words,
      JSON.stringify(record.question),
      record.status,
      record.nowAt,
      record.zone,
      record.language,
      JSON.stringify(record.sql),
      record.rowCount,
      record.dataThrough,
      JSON.stringify(record.state),
    ],
  );
}

/** The kept answer, or null when no answer has this name. */
export async function findReceipt(pool: Pool, receipt: string): Promise<ReceiptRecord | null> {
  const { rows } = await pool.query(
    `select receipt, platform, tenant, channel, thread, person, words, question, status, now_at, zone, language, sql, row_count,
            data_through, state
     from bot.receipts where receipt = $1`,
    [receipt],
  );
  const row = rows[0];
  if (!row) return null;
  return {
    receipt: row.receipt,
    platform: row.platform,
    tenant: row.tenant,
    channel: row.channel,
    thread: row.thread,
    person: row.person,
    words: row.words,
    question: questionSchema.parse(row.question),
    status: row.status,
    nowAt: row.now_at.toISOString(),
    zone: row.zone,
    language: row.language,
    sql: row.sql,
    rowCount: row.row_count,
    dataThrough: row.data_through?.toISOString() ?? null,
    state: row.state,
  };
}

/** The channel's most asked answered words of the last 30 days, most frequent first. */
export async function favouriteWords(
  pool: Pool,
  where: { platform: string; tenant: string; channel: string },
  count: number,
): Promise<string[]> {
  const { rows } = await pool.query<{ words: string }>(
    `select min(words) as words from bot.receipts
     where platform = $1 and tenant = $2 and channel = $3 and status = 'answered' and words is not null and thread is null
       and asked_at > now() - interval '30 days'
     group by lower(words) order by count(*) desc, max(asked_at) desc limit $4`,
    [where.platform, where.tenant, where.channel, count],
  );
  return rows.map((row) => row.words);
}
