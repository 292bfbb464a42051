import type { Calendar } from "./calendar.ts";
import { iso, teamAt } from "./life.ts";
import { type Random, STREAMS } from "./random.ts";
import type { TableSink } from "./tables.ts";
import * as world from "./world.ts";
import { DAY, HOUR, MARKETS, type Market, QUEUE, QUEUES, type Queue } from "./world.ts";

/**
 * Score-weighted view samples of one hour of one market: a view that the model finds suspicious is far likelier to be drawn. So about one
 * sampled view in twelve is violating, and one view in some hundreds.
 */
export function sampleViews(
  random: Random,
  sink: TableSink,
  hour: { readonly market: Market; readonly at: number; readonly mean: number; readonly knownThrough: number },
  nextId: () => number,
): void {
  random.begin(STREAMS.view, (hour.at / HOUR) * MARKETS.length + MARKETS.indexOf(hour.market));
  const drawn = random.poisson(hour.mean);
  const times = Array.from({ length: drawn }, () => hour.at + random.next() * HOUR).sort((a, b) => a - b);
  for (const at of times) {
    const score = random.chance(0.6) ? random.next() ** 4 : random.between(0.3, 1);
    const inclusion = 2e-7 * (1 + 400 * score ** 3);
    const queue: Queue = random.chance(0.62) ? "product" : random.chance(0.75) ? "video" : "live";
    const category = random.pick(world.CATEGORY_CHOICE);
    const violating = random.chance(0.0015 + 0.4 * score ** 3);
    const reason = random.pick<world.Reason>(world.REASON_CHOICE[queue]);
    const labelledAt = at + random.lognormal(30 * HOUR, 0.6);
    const known = labelledAt <= hour.knownThrough && !random.chance(0.02);
    if (at > hour.knownThrough) return;
    sink.add(
      nextId(), iso(at), hour.market, queue, category, inclusion.toPrecision(6), known ? String(violating) : null,
      known && violating ? reason : null, known ? iso(labelledAt) : null,
    ); // biome-ignore format: one row
  }
}

/**
 * Reviewer hours of one hour of one market, by desk. Planned from the ordinary load, so a surge shows as utilisation; in quarters of an
 * hour, spread so that they follow the load day by day also where that is small: a roster is planned, not drawn.
 */
export function staff(
  random: Random,
  sink: TableSink,
  hour: { readonly market: Market; readonly at: number; readonly casesPerDay: number; readonly calendar: Calendar },
): void {
  random.begin(STREAMS.staffing, (hour.at / HOUR) * MARKETS.length + MARKETS.indexOf(hour.market));
  const local = hour.at + hour.calendar.offset(hour.market, hour.at);
  const clock = Math.floor(local / HOUR) % 24;
  for (const queue of QUEUES) {
    const { shift, sundayOff, share, automation, handleSeconds } = QUEUE[queue];
    const [opens, closes] = shift;
    const day = Math.floor(local / DAY);
    const closed = clock < opens || clock >= closes || (sundayOff && new Date(local).getUTCDay() === 0);
    if (closed) continue;
    const meanSeconds = handleSeconds * Math.exp(world.HANDLE_SIGMA ** 2 / 2);
    const loadHours = (hour.casesPerDay * share * (1 - automation) * meanSeconds) / 3600 / (closes - opens);
    const planned = (loadHours * (sundayOff ? 7 / 6 : 1)) / UTILISATION / 0.25;
    const openDays = sundayOff ? day - sundaysBefore(day) : day;
    const openHours = openDays * (closes - opens) + clock - opens;
    const desk = MARKETS.indexOf(hour.market) * QUEUES.length + QUEUES.indexOf(queue);
    const upTo = (hours: number): number => Math.floor(hours * planned + desk * GOLDEN_RATIO);
    const quarters = upTo(openHours + 1) - upTo(openHours);
    if (quarters === 0) continue;
    const staffed = quarters * 0.25;
    sink.add(
      iso(hour.at),
      hour.market,
      queue,
      teamAt(hour.market, queue),
      staffed,
      (staffed * random.between(0.8, 0.93)).toFixed(3),
    );
  }
}

const UTILISATION = 0.72;
/** Multiples of it lie evenly between whole numbers, so that small desks do not all open in the same hour. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;
/** Since 1 January 1970, a Thursday. */
const sundaysBefore = (day: number): number => Math.floor((day + 3) / 7);
