import type { Catalog } from "../catalog/catalog.ts";
import { limits } from "../kernel/limits.ts";
import { canonical, type Question } from "../kernel/question.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { ok, type Result } from "../kernel/result.ts";
import type { MeasureAt, Snapshot } from "./create-measure.ts";
import type { Engine } from "./engine.ts";
import type { Measure, MeasureContext, Measurement } from "./measure.ts";
import type { Rollups } from "./rollup/open-rollups.ts";
import { readWatermarks } from "./watermarks.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What the data are at the moment: as long as `text` stands, equal questions have equal answers. Null = that cannot be told. */
export interface DataVersion {
  readonly text: string;
  /** Milliseconds since the epoch; null when no watermark is known. */
  readonly completeThrough: number | null;
  readonly secondsMax: number;
  /** What was read to tell it, so that it need not be read again to answer. */
  readonly snapshot?: Snapshot;
}
export type ReadVersion = () => Promise<DataVersion | null>;

/** The watermarks, and how often the roll-ups saw the facts change. */
export const versionOf =
  (engine: Engine, catalog: Catalog, rollups: Rollups | null): ReadVersion =>
  async () => {
    const [read, state] = await Promise.all([
      readWatermarks(engine, catalog.watermarks),
      rollups?.state().catch(() => "away" as const) ?? null,
    ]);
    if (!read.ok || state === "away") return null;
    const marks = [...read.value.watermarks].sort(([a], [b]) => (a < b ? -1 : 1));
    const isFollowed =
      state?.isFollowed === true && [...state.streams.values()].some(({ cuboids }) => cuboids.length > 0);
    return {
      text: JSON.stringify([state?.generation ?? 0, marks]),
      completeThrough: marks.length === 0 ? null : Math.max(...marks.map(([, ms]) => ms)),
      secondsMax: isFollowed ? limits.cacheSecondsMax : limits.cacheSecondsUnfollowedMax,
      snapshot: {
        catalog,
        watermarks: read.value.watermarks,
        compile: state === null ? undefined : rollups?.compilerOf(catalog, state),
      },
    };
  };

interface Kept {
  readonly measurement: Measurement;
  readonly bytes: number;
  readonly madeAt: number;
}

/**
 * Answers equal questions once: equal questions are equal JSON, so a result is shared while the data's version stands, within one audience, and
 * those who ask meanwhile wait for the one that is under way. What was asked longest ago goes when there are more than `bytesMax`.
 * Refusals are not kept. `clock` counts milliseconds.
 */
export function shareMeasurements(
  measure: MeasureAt,
  readVersion: ReadVersion,
  bytesMax: number,
  clock: () => number = () => performance.now(),
): Measure {
  const kept = new Map<string, Kept>();
  const running = new Map<string, Promise<Result<Measurement, Refusal>>>();
  let bytes = 0;
  const forget = (key: string): void => {
    bytes -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  };
  const keep = (key: string, measurement: Measurement): void => {
    const size = bytesOf(measurement, bytesMax) + 2 * key.length;
    if (size > bytesMax) return;
    forget(key);
    kept.set(key, { measurement, bytes: size, madeAt: clock() });
    bytes += size;
    for (const oldest of kept.keys()) {
      if (bytes <= bytesMax) break;
      forget(oldest);
    }
  };
  const compute = async (key: string, question: Question, context: MeasureContext, version: DataVersion) => {
    const result = await measure(question, context, version.snapshot);
    if (result.ok) keep(key, result.value);
    return result;
  };
  return async (question, context) => {
    const started = clock();
    const version = await readVersion();
    if (!version) return measure(question, context);
    const key = keyOf(question, context, version);
    const known = kept.get(key);
    if (known && clock() - known.madeAt < version.secondsMax * 1_000) {
      kept.delete(key);
      kept.set(key, known);
      return ok(fromCache(known.measurement, clock() - started));
    }
    const under = running.get(key);
    if (under) {
      const result = await under;
      return result.ok ? ok(fromCache(result.value, clock() - started)) : result;
    }
    const result = compute(key, question, context, version).finally(() => running.delete(key));
    running.set(key, result);
    return result;
  };
}

const fromCache = (measurement: Measurement, ms: number): Measurement => ({
  ...measurement,
  sql: measurement.sql.map((record) => ({ ...record, ms, source: "cache" })),
});

const catalogs = new WeakMap<Catalog, number>();
let catalogCount = 0;
function nameOf(catalog: Catalog): number {
  const known = catalogs.get(catalog);
  if (known !== undefined) return known;
  catalogCount += 1;
  catalogs.set(catalog, catalogCount);
  return catalogCount;
}

/** "Now" belongs to the key where it can matter: within a minute it does not, and never once the period was over and complete. */
function keyOf(
  question: Question,
  { catalog, now, zone, audience, asParts }: MeasureContext,
  version: DataVersion,
): string {
  const isPast = isOver(question, now) && version.completeThrough !== null && version.completeThrough <= now;
  const at = isPast ? "past" : Math.floor(now / MINUTE_MS);
  return JSON.stringify([
    canonical(question),
    zone,
    audience ?? "",
    asParts ?? false,
    nameOf(catalog),
    at,
    version.text,
  ]);
}

/** Every period asked ended, in any zone on earth. */
function isOver({ period, compare }: Question, now: number): boolean {
  if (period === null) return false;
  const ends = [period, ...(compare !== null && "from" in compare ? [compare] : [])].map(({ to }) =>
    to.length === 10 ? Date.parse(`${to}T00:00Z`) + DAY_MS : Date.parse(to),
  );
  return ends.every((end) => end <= now);
}

/** About the bytes that a value takes, not counted further than `most`: written out as JSON, the bins of an hourly split would be tens of megabytes. */
function bytesOf(value: unknown, most: number): number {
  if (typeof value === "string") return 2 * value.length;
  if (typeof value !== "object" || value === null) return 8;
  let bytes = 32;
  for (const part of Array.isArray(value) ? value : Object.values(value)) {
    if (bytes > most) break;
    bytes += 8 + bytesOf(part, most - bytes);
  }
  return bytes;
}
