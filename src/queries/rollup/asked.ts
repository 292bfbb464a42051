import type { Pool } from "pg";
import { plainMeasures } from "../../catalog/assemble.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import type { Question } from "../../kernel/question.ts";
import { type Calendar, HOUR, OWN } from "./calendar.ts";
import type { AskedShape } from "./lattice.ts";
import { measureKey, type Streams } from "./streams.ts";

/** What was really asked in the last 90 days, by the receipts of the answers: the dimensions that cells would need, and how often. */
export async function askedShapes(pool: Pool, catalog: Catalog, streams: Streams): Promise<AskedShape[]> {
  const { rows } = await pool.query<{ question: Question; zone: string; times: number }>(
    `select question, zone, count(*)::float8 as times from bot.receipts
     where status = 'answered' and asked_at > now() - interval '90 days' group by 1, 2`,
  );
  const shapes = new Map<string, AskedShape>();
  for (const { question, zone, times } of rows) {
    for (const shape of shapesOf(question, zone, catalog, streams)) {
      const key = JSON.stringify(shape);
      shapes.set(key, { ...shape, weight: (shapes.get(key)?.weight ?? 0) + times });
    }
  }
  return [...shapes.values()];
}

function shapesOf(question: Question, zone: string, catalog: Catalog, streams: Streams): Omit<AskedShape, "weight">[] {
  const filtered = Object.keys(question.filters).map((key) => key.replace(/^!/, ""));
  const dimensions = [...new Set([...question.by, ...filtered])].sort();
  const calendar = calendarOf(question, zone, catalog);
  const read = question.metrics.flatMap((id) => {
    const metric = catalog.metrics.get(id);
    const shown =
      metric && metric.shows.length > 0
        ? metric.shows.flatMap((one) => catalog.metrics.get(one) ?? [])
        : metric
          ? [metric]
          : [];
    return shown
      .flatMap(({ definition }) => plainMeasures(definition))
      .flatMap((one) => {
        const stream = streams.byMeasure.get(measureKey(one));
        const histograms = stream?.readings.get(measureKey(one))?.histogram != null;
        return stream ? [{ stream: stream.id, calendar, dimensions, histograms }] : [];
      });
  });
  return [...new Map(read.map((shape) => [JSON.stringify(shape), shape])).values()];
}

/** Whose days the question is about (see `zoningOf`). */
function calendarOf({ grain, by, filters }: Question, zone: string, { zoned }: Catalog): Calendar {
  if (grain === "hour" || grain === "hour_of_day") return HOUR;
  if (!zoned) return zone;
  return by.includes(zoned.dimension) || filters[zoned.dimension]?.length === 1 ? OWN : zone;
}
