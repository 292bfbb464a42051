/**
 * What labelled days (holidays, campaigns) are like in one series: a learned ratio to the Sunday or to their own weekday, whichever fitted
 * better, shrunk towards the ratio of all labelled days. Events are in units of the baseline's, so ratios add.
 */
export class HolidayProfile {
  readonly #labels = new Map<string, { seen: number; hits: number; asSunday: number; asOwn: number }>();
  readonly #all = { hits: 0, asSunday: 0 };

  /** Remembers a labelled day. */
  learn(label: string, hits: number, asSunday: number, asOwn: number): void {
    const own = this.#labels.get(label) ?? { seen: 0, hits: 0, asSunday: 0, asOwn: 0 };
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
    const sunday = (own.hits + prior * usual) / (own.asSunday + prior);
    const weekday = (own.hits + prior) / (own.asOwn + prior);
    const value = Math.abs(Math.log(sunday)) <= Math.abs(Math.log(weekday)) ? asSunday * sunday : asOwn * weekday;
    return { low: value, high: value, doubt: SEEN_DOUBT / own.seen };
  }
}

const UNSEEN_DOUBT = 0.04;
const SEEN_DOUBT = 0.02;
