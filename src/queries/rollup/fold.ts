import { type Calendar, DayOfSecond, HOUR, hasWholeHours, OWN } from "./calendar.ts";
import { type CellGroup, groupsOf } from "./cell-groups.ts";
import type { Cuboid } from "./cuboids.ts";
import { FoldCalendar } from "./fold-calendar.ts";
import type { Width } from "./fold-cells.ts";
import { type CalendarPlan, type CellSet, keyOf, planOf, setOf, type WantedSets } from "./fold-plan.ts";
import { Dictionary, Fields, RowReader, RowSums } from "./scan-row.ts";
import type { Stream } from "./streams.ts";

export interface RowsOfDate {
  readonly rows: number;
  /** Those whose zoned value has no zone. */
  readonly strays: number;
  /** The latest second of a row. */
  readonly latest: number;
}

/** The cells of one stream, folded from a scan that may serve others too. */
export interface Fold {
  /** By UTC date. */
  readonly rows: ReadonlyMap<number, RowsOfDate>;
  /** Rows of the scan that are none of the stream's, or wait for the watermark. */
  readonly passedOver: () => number;
  /** Every cell to which a row adds anything, calendar by calendar and time by time. */
  groups(): Generator<CellGroup>;
}

export interface PassOptions {
  /** Streams that are read in one scan (`passesOf`), with the cuboids of each. */
  readonly targets: readonly { readonly stream: Stream; readonly cuboids: readonly Cuboid[] }[];
  /** The dimension whose values have zones of their own, and those zones. */
  readonly zoned: { readonly dimension: string; readonly zones: ReadonlyMap<string, string> } | null;
  /** Dates to gather, as day numbers, half-open. */
  readonly first: number;
  readonly end: number;
  /** About how many rows a date has. */
  readonly rowsADay: number;
}

/**
 * Folds the rows of a scan into the cells of all its streams at once: their numbers lie side by side in cells that they share, so that a row's
 * cells are found once. The first rows wait until it is known how many values the dimensions have, for the plan depends on it.
 */
export class Pass {
  readonly folds: readonly Fold[];
  readonly #options: PassOptions;
  readonly #dictionaries: readonly Dictionary[];
  readonly #members: readonly Member[];
  readonly #zonedAt: number;
  readonly #fields = new Fields();
  readonly #codes: Int32Array;
  readonly #sums: RowSums;
  readonly #utc = new DayOfSecond("UTC");
  #waiting: Buffer[] = [];
  #calendars: readonly FoldCalendar[] | null = null;

  constructor(options: PassOptions) {
    const { targets, zoned } = options;
    const dimensions = targets[0]?.stream.dimensions ?? [];
    this.#options = options;
    this.#dictionaries = dimensions.map(() => new Dictionary());
    this.#codes = new Int32Array(dimensions.length);
    this.#zonedAt = zoned ? dimensions.indexOf(zoned.dimension) : -1;
    const width = { slots: 0, histograms: 0 };
    this.#members = targets.map(({ stream, cuboids }) => {
      const member = new Member(stream, cuboids, { ...width });
      width.slots += stream.slots.length;
      width.histograms += stream.histograms.length;
      return member;
    });
    this.#sums = new RowSums(width);
    this.folds = this.#members.map((member) => ({
      rows: member.rows,
      passedOver: () => member.passedOver,
      groups: () => groupsOf(member, this.#planned(), this.#dictionaries, this.#codes),
    }));
  }

  /** One line of the scan, tab-separated as COPY writes it. */
  push(buffer: Buffer, start: number, end: number): void {
    if (this.#calendars) {
      this.#fold(this.#calendars, buffer, start, end);
      return;
    }
    this.#readCodes(buffer, start, end);
    this.#waiting.push(Buffer.from(buffer.subarray(start, end)));
    if (this.#waiting.length >= ROWS_BEFORE_PLAN) this.#planned();
  }

  #planned(): readonly FoldCalendar[] {
    if (this.#calendars) return this.#calendars;
    const { zoned, rowsADay, first, end } = this.#options;
    const plans = planOf(setsByCalendar(this.#members), {
      cardinalities: this.#dictionaries.map(({ values }) => values.length),
      rowsADay,
      hasWholeHours: (calendar) =>
        (calendar === OWN ? [...(zoned?.zones.values() ?? [])] : [calendar]).every((zone) =>
          hasWholeHours(zone, first, end),
        ),
    });
    const shared = {
      width: { slots: this.#sums.slots.length, histograms: this.#sums.histograms.length },
      codes: this.#codes,
      zonedAt: this.#zonedAt,
      zoneOf: (code: number) => this.#zoneOf(code),
      first,
      end,
    };
    const hours = new FoldCalendar(plans.find(({ calendar }) => calendar === HOUR) as CalendarPlan, null, shared);
    const days = plans.filter(({ calendar }) => calendar !== HOUR).map((plan) => new FoldCalendar(plan, hours, shared));
    this.#calendars = [hours, ...days];
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const line of waiting) this.#fold(this.#calendars, line, 0, line.length);
    return this.#calendars;
  }

  #readCodes(buffer: Buffer, start: number, end: number): Fields {
    const fields = this.#fields.over(buffer, start, end);
    for (let at = 0; at < this.#dictionaries.length; at += 1) {
      this.#codes[at] = (this.#dictionaries[at] as Dictionary).codeOf(fields.next());
    }
    return fields;
  }

  #fold(calendars: readonly FoldCalendar[], buffer: Buffer, start: number, end: number): void {
    const fields = this.#readCodes(buffer, start, end);
    const second = fields.number();
    const zone = this.#zonedAt < 0 ? undefined : this.#zoneOf(this.#codes[this.#zonedAt] as number);
    const day = this.#utc.of(second);
    const sums = this.#sums.clear();
    for (const member of this.#members) {
      if (member.reader.read(fields, sums)) member.count(day, second, zone === undefined);
      else member.passedOver += 1;
    }
    if (sums.count === 0 && sums.durations === 0) return;
    for (const calendar of calendars) calendar.add(second, zone, sums);
  }

  readonly #zonesByCode: (string | null)[] = [];
  #zoneOf(code: number): string | undefined {
    let zone = this.#zonesByCode[code];
    if (zone === undefined) {
      const value = this.#dictionaries[this.#zonedAt]?.values[code];
      zone = (value == null ? undefined : this.#options.zoned?.zones.get(value)) ?? null;
      this.#zonesByCode[code] = zone;
    }
    return zone ?? undefined;
  }
}

/** So many rows tell how many values the dimensions have. */
const ROWS_BEFORE_PLAN = 2_000;

/** A stream of a pass: where its numbers stand in the cells that it shares, and its rows. */
class Member {
  readonly stream: Stream;
  readonly cuboids: readonly Cuboid[];
  readonly offset: Width;
  readonly reader: RowReader;
  readonly rows = new Map<number, { rows: number; strays: number; latest: number }>();
  passedOver = 0;
  #lastDay = Number.NaN;
  #last = { rows: 0, strays: 0, latest: 0 };

  constructor(stream: Stream, cuboids: readonly Cuboid[], offset: Width) {
    this.stream = stream;
    this.cuboids = cuboids;
    this.offset = offset;
    this.reader = new RowReader(stream, offset);
  }

  count(day: number, second: number, isStray: boolean): void {
    if (day !== this.#lastDay) {
      this.#lastDay = day;
      this.#last = this.rows.get(day) ?? { rows: 0, strays: 0, latest: second };
      this.rows.set(day, this.#last);
    }
    this.#last.rows += 1;
    if (isStray) this.#last.strays += 1;
    if (second > this.#last.latest) this.#last.latest = second;
  }
}

/** Hours come first and are always there. */
function setsByCalendar(members: readonly Member[]): Map<Calendar, WantedSets> {
  const found = new Map<Calendar, { numbers: Map<string, CellSet>; bins: Map<string, CellSet> }>();
  found.set(HOUR, { numbers: new Map(), bins: new Map() });
  for (const { stream, cuboids } of members) {
    for (const cuboid of cuboids) {
      const own = found.get(cuboid.calendar) ?? { numbers: new Map(), bins: new Map() };
      const set = setOf(cuboid, stream.dimensions);
      own.numbers.set(keyOf(set), set);
      if (cuboid.histograms) own.bins.set(keyOf(set), set);
      found.set(cuboid.calendar, own);
    }
  }
  return new Map(
    [...found].map(([calendar, { numbers, bins }]) => [
      calendar,
      { numbers: [...numbers.values()], bins: [...bins.values()] },
    ]),
  );
}
