import type { Upcoming } from "../handlers/parts.ts";
import { next } from "./due.ts";
import { offDayOf } from "./off-days.ts";
import { parseWhen } from "./when.ts";

/** How many slots are looked at to find one that is not skipped: a schedule of weekends that skips weekends has none. */
const LOOKED_AT_MAX = 60;

/** The next moments at which a schedule posts, skipped weekends and public holidays left out; the ledger's holidays are not foreseen. */
export const upcoming: Upcoming = ({ cron, zone, weekends, holidays, country }, now, count) => {
  const when = parseWhen(cron);
  if (!when) return [];
  return next(when, zone, now, Math.max(count, weekends === "skip" || holidays === "skip" ? LOOKED_AT_MAX : count))
    .filter(({ day }) => {
      const off = offDayOf(day, { country, ledger: [] }, "en");
      return off === null || (off.kind === "weekend" ? weekends : holidays) !== "skip";
    })
    .slice(0, count)
    .map(({ at }) => at);
};
