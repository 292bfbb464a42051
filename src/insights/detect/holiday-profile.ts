/**
 * What labelled days (holidays, campaigns) are like in one series: a learned ratio to the Sunday or to their own weekday, whichever fitted
 * better, shrunk towards the ratio of all labelled days. Events are in units of the baseline's, so ratios add.
 */
export class HolidayProfile {
  readonly #labels = new Map<string, Learned>();
  readonly #all = { hits: 0, asSunday: 0 };

  /** Remembers a labelled day, and how far off either forecast of it would have been. `prior`: events' worth of doubt. */
  learn(label: string, hits: number, asSunday: number, asOwn: number, prior: number): void {
    const own = this.#labels.get(label) ?? { seen: 0, hits: 0, asSunday: 0, asOwn: 0, sundayError: 0, ownError: 0 };
    const ratios = this.#ratios(own, prior);
    own.sundayError += squaredError(hits, asSunday * ratios.sunday);
    own.ownError += squaredError(hits, asOwn * ratios.weekday);
    own.seen += 1;
    own.hits += hits;
    own.asSunday += asSunday;
    own.asOwn += asOwn;
    this.#labels.set(label, own);
    this.#all.hits += hits;
    this.#all.asSunday += asSunday;
  }

  /**
   * What to expect. A label seen before: its ratio and, as relative variance, how little is known of it. One never seen: the range between
   * its own weekday, a Sunday and a usual holiday, of which anything is as expected.
   */
  expect(label: string, asSunday: number, asOwn: number, prior: number): { low: number; high: number; doubt: number } {
    const usual = (this.#all.hits + prior) / (this.#all.asSunday + prior);
    const own = this.#labels.get(label);
    if (!own) {
      const ends = [asSunday, asOwn, asSunday * usual];
      return { low: Math.min(...ends), high: Math.max(...ends), doubt: UNSEEN_DOUBT };
    }
    const { sunday, weekday } = this.#ratios(own, prior);
    const value = own.sundayError <= own.ownError ? asSunday * sunday : asOwn * weekday;
    return { low: value, high: value, doubt: SEEN_DOUBT / own.seen };
  }

  #ratios({ hits, asSunday, asOwn }: Learned, prior: number): { sunday: number; weekday: number } {
    const usual = (this.#all.hits + prior) / (this.#all.asSunday + prior);
    return { sunday: (hits + prior * usual) / (asSunday + prior), weekday: (hits + prior) / (asOwn + prior) };
  }
}

interface Learned {
  seen: number;
  hits: number;
  asSunday: number;
  asOwn: number;
  /** Sums of squared errors, in units of a Poisson variance. */
  sundayError: number;
  ownError: number;
}
const squaredError = (hits: number, expected: number): number => (hits - expected) ** 2 / Math.max(expected, 1e-9);

const UNSEEN_DOUBT = 0.04;
const SEEN_DOUBT = 0.02;
