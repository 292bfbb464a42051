import type { WatermarkSource } from "../catalog/catalog.ts";
import type { SqlRecord } from "../kernel/measurement.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { ok, type Result } from "../kernel/result.ts";
import type { Engine } from "./engine.ts";
import { epochMs } from "./spelling.ts";
import { ident, sql } from "./sql.ts";

/** Source → milliseconds since the epoch up to which it is complete. */
export type Watermarks = ReadonlyMap<string, number>;

/** How complete each table is: one row per source. Empty when the catalog names no such table. */
export async function readWatermarks(
  engine: Engine,
  source: WatermarkSource | null,
): Promise<Result<{ readonly watermarks: Watermarks; readonly record: SqlRecord | null }, Refusal>> {
  if (source === null) return ok({ watermarks: new Map(), record: null });
  const found = await engine.run(
    sql`select ${ident(source.source)} as source, ${epochMs(ident(source.completeThrough))} as complete
      from ${ident(source.table)}`,
  );
  if (!found.ok) return found;
  const watermarks = new Map(found.value.rows.map((row) => [String(row.source), Number(row.complete)]));
  return ok({ watermarks, record: found.value.record });
}

/** W: the earliest of now and the watermarks of what is read. */
export const throughOf = (reads: readonly string[], watermarks: Watermarks, now: number): number =>
  Math.min(now, ...reads.flatMap((source) => watermarks.get(source) ?? []));
