import type { Occasion } from "../calendar/feasts.ts";

/** What occasions did to a daily series, and what they will do. */
export interface OccasionProfile {
  /** Divides each past day into an ordinary one; 1 where it is one. */
  readonly past: readonly number[];
  /** Multiplies each day ahead. */
  readonly ahead: readonly number[];
  /** Occasions ahead whose effect is known, with their strongest factor. */
  readonly known: readonly { readonly occasion: Occasion; readonly factor: number }[];
}

/** Longer ones have one effect for all their days; shorter ones one a day, and one for the day before and after. */
const BY_DAY_MAX = 5;
/** Ordinary days of the same weekday looked at on either side, and how far away they may be. */
const NEIGHBOURS = 4;
const WEEKS_MAX = 10;
const FACTOR_MAX = 5;
const WEEK = 7;
const ALIKE_MAX = 6;

/**
 * Learned profiles: the log ratio of each past day of an occasion to the median of the ordinary same weekdays around it, averaged over the
 * occasion's years, 0 within two standard errors of what ordinary days scatter and else shrunk by it (James–Stein). One that somebody planned and that never was before
 * takes the mean of its kind, halved; one that only the calendar knows takes nothing.
 * `days` = local days of the values; `ahead` = those that follow. Source of the idea: holiday regressors of Taylor & Letham (2018).
 */
export function occasionProfile(
  values: readonly (number | null)[],
  days: readonly string[],
  ahead: readonly string[],
  occasions: readonly Occasion[],
): OccasionProfile {
  const labels = labelsOf(occasions);
  const past = days.map((day) => labels.get(day) ?? null);
  const isOrdinary = past.map((label) => label === null);
  const ratios = values.map((_, i) => logRatio(values, isOrdinary, i));
  const noise = scatterOf(ratios.filter((_, i) => isOrdinary[i]));
  const effects = effectsOf(past, ratios, noise);
  const effectOf = (label: Label | null, known: boolean): number => {
    if (!label) return 0;
    return (
      effects.byKey.get(label.key) ?? (known || !label.occasion.planned ? 0 : (effects.byKind.get(label.kind) ?? 0) / 2)
    );
  };
  const factorOf = (log: number): number => Math.min(FACTOR_MAX, Math.max(1 / FACTOR_MAX, Math.exp(log)));
  const labelsAhead = ahead.map((day) => labels.get(day) ?? null);
  return {
    past: past.map((label) => factorOf(effectOf(label, true))),
    ahead: labelsAhead.map((label) => factorOf(effectOf(label, false))),
    known: strongest(labelsAhead.map((label) => ({ label, factor: factorOf(effectOf(label, false)) }))),
  };
}

interface Label {
  readonly occasion: Occasion;
  /** Name and day of the occasion. */
  readonly key: string;
  /** Its kind and day, for those that never were before. */
  readonly kind: string;
}

const DAY_MS = 86_400_000;
const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

/** Each day's occasion: planned before calendar, own days before the eves of others. */
function labelsOf(occasions: readonly Occasion[]): Map<string, Label> {
  const labels = new Map<string, Label>();
  const ordered = [...occasions].sort((a, b) => Number(b.planned) - Number(a.planned));
  for (const eves of [false, true])
    for (const occasion of ordered) {
      const length = Math.round((Date.parse(occasion.to) - Date.parse(occasion.from)) / DAY_MS);
      const isShort = length <= BY_DAY_MAX;
      const offsets = eves ? (isShort ? [-1, length] : []) : Array.from({ length }, (_, i) => i);
      for (const offset of offsets) {
        const day = dayAfter(occasion.from, offset);
        const place = isShort ? (offset === length ? "after" : String(offset)) : "all";
        if (!labels.has(day))
          labels.set(day, { occasion, key: `${nameKey(occasion.name)}/${place}`, kind: `${occasion.kind}/${place}` });
      }
    }
  return labels;
}

/** "11.11 campaign" and "11.11" are one; so are a name's years. */
function nameKey(name: string): string {
  const double = /(?<!\d)(\d{1,2}\.\d{1,2})(?!\d)/.exec(name)?.[1];
  return (
    double ??
    name
      .toLowerCase()
      .replace(/\b20\d\d\b/g, "")
      .trim()
  );
}

/** Against the nearest ordinary days of the same weekday; null where too few are near or a value is not positive. */
function logRatio(values: readonly (number | null)[], isOrdinary: readonly boolean[], at: number): number | null {
  const value = values[at] ?? null;
  if (value === null || value <= 0) return null;
  const near: number[] = [];
  for (const side of [-1, 1]) {
    let seen = 0;
    for (let week = 1; week <= WEEKS_MAX && seen < NEIGHBOURS; week++) {
      const i = at + side * week * WEEK;
      const own = values[i] ?? null;
      if (!isOrdinary[i] || own === null || own <= 0) continue;
      near.push(Math.log(own));
      seen++;
    }
  }
  return near.length < 3 ? null : Math.log(value) - medianOf(near);
}

const scatterOf = (ratios: readonly (number | null)[]): number =>
  1.4826 * medianOf(ratios.flatMap((ratio) => (ratio === null ? [] : [Math.abs(ratio)])));

function effectsOf(past: readonly (Label | null)[], ratios: readonly (number | null)[], noise: number) {
  const byKey = grouped(past, ratios, ({ key }) => key);
  const byKind = grouped(past, ratios, ({ kind }) => kind);
  return { byKey: mapped(byKey, noise), byKind: mapped(byKind, noise) };
}

function grouped(past: readonly (Label | null)[], ratios: readonly (number | null)[], read: (label: Label) => string) {
  const groups = new Map<string, number[]>();
  past.forEach((label, i) => {
    const ratio = ratios[i] ?? null;
    if (label && ratio !== null) groups.set(read(label), [...(groups.get(read(label)) ?? []), ratio]);
  });
  return groups;
}

function mapped(groups: ReadonlyMap<string, readonly number[]>, noise: number): Map<string, number> {
  return new Map(
    [...groups].map(([key, own]): [string, number] => {
      const mean = own.reduce((sum, ratio) => sum + ratio, 0) / own.length;
      // Days of one feast share their weather: more than a few say little more.
      const error = noise / Math.sqrt(Math.min(own.length, ALIKE_MAX));
      const trust = Math.abs(mean) < 2 * error ? 0 : 1 - (error / mean) ** 2;
      return [key, trust * mean];
    }),
  );
}

const TELLING = 0.05;

/** Of each occasion's days ahead the one that departs most, if it departs by more than 5 %. */
function strongest(ahead: readonly { label: Label | null; factor: number }[]): OccasionProfile["known"] {
  const best = new Map<Occasion, number>();
  for (const { label, factor } of ahead) {
    if (!label || Math.abs(factor - 1) < TELLING) continue;
    const known = best.get(label.occasion) ?? 1;
    if (Math.abs(Math.log(factor)) > Math.abs(Math.log(known))) best.set(label.occasion, factor);
  }
  return [...best].map(([occasion, factor]) => ({ occasion, factor }));
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
