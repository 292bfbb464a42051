import type { Pool } from "pg";
import type { Catalog } from "../catalog/catalog.ts";
import type { Language } from "../chat/answer.ts";
import type { Directory, PlatformName } from "../chat/port.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import type { Reader } from "../language/reader.ts";
import type { Engine } from "../queries/engine.ts";
import type { Measure } from "../queries/measure.ts";
import type { Schedule } from "../queries/state/schedules.ts";
import type { SellerIdGrant } from "./risk/grant.ts";

/** What the core is made of; put together by the composition root. */
export interface BotParts {
  readonly catalog: Catalog;
  readonly reader: Reader;
  readonly measure: Measure;
  /** The bot's own state. */
  readonly writer: Pool;
  /** PostgreSQL, read-only: the facts where they are there, the change ledger always. */
  readonly facts: Pool;
  /** Where the facts are; absent = in PostgreSQL. */
  readonly engine?: Engine;
  readonly clock: Clock;
  readonly log: Log;
  /** Zone of those whose platform tells none. */
  readonly defaultZone: string;
  readonly defaultLanguage: Language;
  /** Channels and people of the platforms that are connected; filled as they connect. */
  readonly directories: ReadonlyMap<PlatformName, Directory>;
  readonly upcoming: Upcoming;
  /** Absent = sellers are named to nobody. */
  readonly sellerIds?: SellerIdGrant;
}

/** The next `count` moments after `now` (epoch milliseconds) at which such a schedule posts; days that it skips are left out. */
export type Upcoming = (
  rhythm: Pick<Schedule, "cron" | "zone" | "weekends" | "holidays" | "country">,
  now: number,
  count: number,
) => readonly number[];
