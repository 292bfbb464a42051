import { type Random, STREAMS } from "./random.ts";
import { CATEGORY_CHOICE, type Category, DAY, MARKET, MARKETS, type Market, TIER_CHOICE, type Tier } from "./world.ts";

export interface Seller {
  readonly id: number;
  readonly market: Market;
  readonly tier: Tier;
  readonly category: Category;
  readonly joinedAt: number;
  /** Multiplies the chance of a removal; a few sellers break rules again and again. */
  readonly propensity: number;
}

/** Sellers are computed, not remembered: the same id is the same seller, at any scale without memory. */
export interface Sellers {
  readonly count: number;
  get(id: number): Seller;
  /** A seller of `market` that had joined by `at`; few have many cases (u^2.2). */
  draw(random: Random, market: Market, at: number): Seller;
}

export function createSellers(scratch: Random, cases: number, start: number, now: number): Sellers {
  const total = Math.max(400, Math.round(cases / 10));
  const blocks = new Map<Market, { first: number; size: number }>();
  let next = 1;
  for (const market of MARKETS) {
    const size = Math.max(12, Math.round(total * MARKET[market].share));
    blocks.set(market, { first: next, size });
    next += size;
  }
  const marketOf = (id: number): Market => {
    for (const [market, { first, size }] of blocks) if (id < first + size) return market;
    throw new RangeError(`no seller ${id}`);
  };
  const get = (id: number, market: Market = marketOf(id)): Seller => {
    const random = scratch.begin(STREAMS.seller, id);
    const tier = random.pick(TIER_CHOICE);
    const category = random.pick(CATEGORY_CHOICE);
    const age = random.next();
    const joinedAt = tier === "new" ? now - age * 180 * DAY : start - age * 1500 * DAY;
    const propensity = Math.min(3, 0.3 + random.exponential(0.7)) * (tier === "brand" ? 0.4 : tier === "new" ? 1.2 : 1);
    return { id, market, tier, category, joinedAt, propensity };
  };
  const draw = (random: Random, market: Market, at: number): Seller => {
    const { first, size } = blocks.get(market) as { first: number; size: number };
    let index = Math.floor(size * random.next() ** 2.2);
    for (let tries = 0; ; tries++) {
      const seller = get(first + index, market);
      if (seller.joinedAt <= at || tries > size) return seller;
      index = (index + 1) % size;
    }
  };
  return { count: next - 1, get, draw };
}
