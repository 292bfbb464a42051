import type { Pool } from "pg";
import type { Period, Question } from "../../kernel/question.ts";

/** A number as a digest told it. Days of the period are those of `zone`; values in the metric's unit. */
export interface PostedNumber {
  readonly metric: string;
  /** Canonical JSON of the filters. */
  readonly segment: string;
  readonly period: Period;
  readonly zone: string;
  readonly toldOn: string;
  readonly value: number;
  readonly n: number | null;
}

/** Keeps what the digest with these filters told; telling the same again on the same day changes nothing. */
export async function keepPosted(
  pool: Pool,
  filters: Question["filters"],
  numbers: readonly PostedNumber[],
): Promise<void> {
  if (numbers.length === 0) return;
  await pool.query(
    `insert into bot.posted_numbers (digest, metric, segment, period_from, period_to, zone, told_on, value, n)
     select $9, * from unnest($1::text[], $2::text[], $3::date[], $4::date[], $5::text[], $6::date[], $7::float8[], $8::float8[])
     on conflict do nothing`,
    [
      numbers.map(({ metric }) => metric),
      numbers.map(({ segment }) => segment),
      numbers.map(({ period }) => period.from),
      numbers.map(({ period }) => period.to),
      numbers.map(({ zone }) => zone),
      numbers.map(({ toldOn }) => toldOn),
      numbers.map(({ value }) => value),
      numbers.map(({ n }) => n),
      JSON.stringify(filters),
    ],
  );
}

/** The last value that the digest with these filters told of each number, of those since `since` and before `before` (days). One row per metric, segment and period. */
export async function lastPosted(
  pool: Pool,
  asked: {
    readonly filters: Question["filters"];
    readonly zone: string;
    readonly since: string;
    readonly before: string;
  },
): Promise<PostedNumber[]> {
  const { rows } = await pool.query(
    `select distinct on (metric, segment, period_from, period_to) * from bot.posted_numbers
     where digest = $4 and zone = $1 and told_on >= $2 and told_on < $3
     order by metric, segment, period_from, period_to, told_on desc`,
    [asked.zone, asked.since, asked.before, JSON.stringify(asked.filters)],
  );
  return rows.map((row) => ({
    metric: row.metric,
    segment: row.segment,
    period: { from: row.period_from, to: row.period_to },
    zone: row.zone,
    toldOn: row.told_on,
    value: row.value,
    n: row.n,
  }));
}
