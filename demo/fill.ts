import type { Pool } from "pg";
import { type FillOptions, fillMart } from "./generate.ts";

/** `share` from 0 to 1; the last call has `finished`. */
export interface FillProgress {
  readonly share: number;
  readonly text: string;
  readonly finished: boolean;
}

export interface DemoFill {
  readonly seed: number;
  readonly cases: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Fills anew, also when the data would do. */
  readonly fresh: boolean;
  readonly truthsFile: string;
  readonly onProgress: (progress: FillProgress) => void;
}

/** Data that ended longer ago than this are filled anew, so that "today" has something to show. */
const STALE_AFTER_HOURS = 3;

/**
 * Fills the mart with the simulated marketplace, unless a recent fill of the same seed and scale is there. Throws with one sentence when the
 * mart holds data that no demo wrote: nothing of anybody's is ever emptied.
 */
export async function fillDemo(
  pool: Pool,
  database: Pick<FillOptions, "url" | "kind">,
  wanted: DemoFill,
): Promise<"filled" | "kept"> {
  const { rows } = await pool.query<LastFill>("select seed, cases, now_at, filled_at from bot.demo_fills");
  const [last] = rows;
  if (last && !wanted.fresh && isSame(last, wanted)) return "kept";
  if (!last) await refuseForeignData(pool);
  await pool.query(
    `insert into bot.demo_fills (seed, cases, now_at) values ($1, $2, to_timestamp($3 / 1000.0))
     on conflict (singleton) do update set seed = excluded.seed, cases = excluded.cases, now_at = excluded.now_at, filled_at = null`,
    [wanted.seed, wanted.cases, wanted.now],
  );
  await fillMart({
    ...database,
    seed: wanted.seed,
    cases: wanted.cases,
    now: wanted.now,
    truthsPath: wanted.truthsFile,
    onProgress: ({ done, cases }) =>
      wanted.onProgress({ share: Math.min(1, done / cases), text: `${done} of ${cases} cases`, finished: false }),
  });
  await pool.query("update bot.demo_fills set filled_at = now()");
  wanted.onProgress({ share: 1, text: "the marketplace is ready", finished: true });
  return "filled";
}

interface LastFill {
  readonly seed: string;
  readonly cases: string;
  readonly now_at: Date;
  readonly filled_at: Date | null;
}

function isSame(last: LastFill, wanted: DemoFill): boolean {
  if (last.filled_at === null) return false;
  const ageHours = (wanted.now - last.now_at.getTime()) / 3_600_000;
  return (
    Number(last.seed) === wanted.seed &&
    Number(last.cases) === wanted.cases &&
    ageHours >= 0 &&
    ageHours < STALE_AFTER_HOURS
  );
}

async function refuseForeignData(pool: Pool): Promise<void> {
  const { rowCount } = await pool.query("select from mart.cases limit 1");
  if (rowCount) {
    throw new Error(
      "This database already holds cases that no demo wrote; the demo would empty them. Point DATABASE_URL or MODSTATS_DATA_DIR elsewhere.",
    );
  }
}
