import type { CatalogSql, ScopedMeasure } from "../../catalog/definition.ts";

/**
 * What a row adds to its cell. A slot is one column of a roll-up table: Σ over the rows for which `where` holds of 1, of an amount, or of
 * its square. A histogram is four array columns: log-spaced bins with their events, their censored ones and their Σ seconds.
 */
export interface Slot {
  readonly where: readonly CatalogSql[];
  readonly amount: CatalogSql | null;
  readonly power: 1 | 2;
}
export interface Histogram {
  readonly event: readonly CatalogSql[];
  readonly censored: readonly CatalogSql[] | null;
  readonly seconds: CatalogSql;
}

/** A measure in slots: the names that `read-cells` reads, the slot that tells whether a group has rows at all, and the histogram. */
export interface MeasureSlots {
  readonly numbers: Readonly<Record<string, Slot>>;
  readonly presence: Slot;
  readonly histogram: Histogram | null;
}

type Sloted = Exclude<ScopedMeasure, { kind: "pairs" }>;

/** The slots of a measure whose rows count, each with the same meaning as in the statement over events (`compile`). */
export function slotsOf(measure: Sloted): MeasureSlots {
  const where = measure.where === null ? [] : [measure.where];
  const rows = slot(where);
  switch (measure.kind) {
    case "count":
      return { numbers: { n: slot(where, measure.rows) }, presence: rows, histogram: null };
    case "sum": {
      const known = [...where, isKnown(measure.expr)];
      return {
        numbers: { sum: slot(known, measure.expr), n: slot(known) },
        presence: rows,
        histogram: null,
      };
    }
    case "ratio": {
      const { numerator, denominator } = measure;
      return {
        numbers: {
          numerator: slot([...where, isKnown(numerator)], numerator),
          denominator: slot([...where, isKnown(denominator)], denominator),
          n: rows,
        },
        presence: rows,
        histogram: null,
      };
    }
    case "proportion": {
      const { hit, hits, rows: stands } = measure;
      const x = hit ? slot([...where, hit]) : slot(where, hits);
      return { numbers: { x, n: slot(where, stands) }, presence: rows, histogram: null };
    }
    case "mean": {
      const known = [...where, isKnown(measure.expr)];
      const numbers = {
        n: slot(known),
        sum: slot(known, measure.expr),
        sumsq: slot(known, measure.expr, 2),
      };
      if (!measure.bins) return { numbers, presence: rows, histogram: null };
      return { numbers, presence: slot(known), histogram: { event: known, censored: null, seconds: measure.expr } };
    }
    case "weighted": {
      const over = [...where, measure.labelled, ...(measure.among ? [measure.among] : [])];
      const hit = [...over, measure.hit];
      const numbers = {
        sw: slot(over, measure.weight),
        swy: slot(hit, measure.weight),
        sw2: slot(over, measure.weight, 2),
        sw2y: slot(hit, measure.weight, 2),
        n: slot(over),
        x: slot(hit),
        drawn: rows,
        labels_in: slot([...where, measure.labelled]),
      };
      return { numbers, presence: rows, histogram: null };
    }
    case "lifetimes":
      return lifetimeSlots(measure);
    default:
      return measure satisfies never;
  }
}

/** Rows that are settled only (see `settled.ts`): an event ended them, or else what censors them. */
function lifetimeSlots(measure: Extract<Sloted, { kind: "lifetimes" }>): MeasureSlots {
  const where = measure.where === null ? [] : [measure.where];
  const { from, event, censor } = measure;
  const happened = [...where, `(${event}) is not null` as CatalogSql];
  const censored = [...where, `(${event}) is null` as CatalogSql];
  const end = censor === null ? event : (`coalesce(${event}, ${censor})` as CatalogSql);
  const seconds = `greatest(extract(epoch from (${end}) - (${from})), 0)` as CatalogSql;
  return {
    numbers: { n: slot(happened) },
    presence: slot(where),
    histogram: { event: happened, censored, seconds },
  };
}

const slot = (where: readonly CatalogSql[], amount: CatalogSql | null = null, power: 1 | 2 = 1): Slot => ({
  where,
  amount,
  power,
});
const isKnown = (expr: CatalogSql): CatalogSql => `(${expr}) is not null` as CatalogSql;
