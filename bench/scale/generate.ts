import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { join } from "node:path";

/** Where the bench's world ends: Tue 17 Mar 2026, 10:05 in Singapore. */
export const BENCH_NOW = Date.parse("2026-03-17T10:05+08:00");
/** Unless said otherwise. */
export const DAYS = 400;

export const FILES = ["cases", "decisions", "appeals", "qa_labels", "wide"] as const;

/**
 * Writes `rows` cases and their decisions, appeals and labels as CSV in the mart's shape, and `wide.csv`: one row per decision with all that the
 * questions read, the table that an analyst of a column store would keep. Dimensions are Zipf-like, moments follow the hours of the day of
 * the last `days` days. Streams; the same seed gives the same bytes.
 */
export async function generate(
  folder: string,
  rows: number,
  days = DAYS,
  seed = 2026,
): Promise<Record<string, number>> {
  const sinks = FILES.map((name) => new Sink(join(folder, `${name}.csv`), HEADERS[name]));
  const [cases, decisions, appeals, labels, wide] = sinks as [Sink, Sink, Sink, Sink, Sink];
  const random = mulberry32(seed);
  const start = BENCH_NOW - days * DAY;
  const sellers = Math.max(1_000, Math.min(2_000_000, Math.floor(rows / 5)));
  for (let id = 1; id <= rows; id++) {
    const linear = (days * DAY * (id - random())) / rows;
    const created = start + linear - 0.1 * DAY * Math.sin((2 * Math.PI * linear) / DAY);
    const market = pick(MARKETS, random);
    const queue = pick(QUEUES, random);
    const source = pick(SOURCES, random);
    const content = pick(CONTENTS, random);
    const category = pick(CATEGORIES, random);
    const tier = pick(TIERS, random);
    const severity = pick(SEVERITIES, random);
    const seller = 1 + Math.floor(sellers * random() ** 3);
    const views = Math.floor(2_000 * random() ** 4);
    cases.add(
      `${id},${iso(created)},${market},${queue},${source},${content},${category},${seller},${tier},${severity},${iso(created + DAY)},${views},${(random() * 90).toFixed(2)}`,
    );
    const human = random() < 0.25;
    const handle = human ? 20 + Math.floor(300 * random() ** 3) : null;
    const decided = created + (human ? 7_200_000 * (0.05 + 3 * random() ** 3) : 1_000 + 60_000 * random() ** 2);
    if (decided > BENCH_NOW) continue;
    const action = pick(ACTIONS, random);
    const removes = action === "remove" || action === "restrict" || action === "ban";
    const reason = action === "approve" ? "" : pick(REASONS, random);
    const team = human ? pick(TEAMS, random) : "";
    const moderator = human ? 1 + Math.floor(5_000 * random() ** 2) : "";
    const cost = human ? ((handle ?? 0) * 0.0015).toFixed(4) : "0.0020";
    const decider = human ? "human" : "model";
    const score = human ? "" : random().toFixed(3);
    decisions.add(
      `${id},${id},${iso(decided)},${decider},${moderator},${team},${action},${reason},${score},${human ? "" : "m-2026.1"},g-2026.1,${handle ?? ""},${cost},`,
    );
    let outcome = "";
    let resolvedText = "";
    if (removes && random() < 0.04) {
      const filed = decided + 14 * DAY * random() ** 3;
      const resolved = filed + 2 * DAY * random() ** 2;
      if (filed < BENCH_NOW) {
        const isResolved = resolved < BENCH_NOW;
        outcome = isResolved ? pick(OUTCOMES, random) : "";
        resolvedText = isResolved ? iso(resolved) : "";
        appeals.add(`${appeals.rows + 1},${id},${iso(filed)},${resolvedText},${outcome}`);
      }
    }
    let weight = "";
    let correct = "";
    const chance = human ? 0.02 : 0.005;
    if (random() < chance) {
      const right = random() < (human ? 0.94 : 0.97);
      correct = right ? action : removes ? "approve" : "remove";
      weight = String(1 / chance);
      labels.add(
        `${labels.rows + 1},${id},${iso(decided)},${iso(Math.min(BENCH_NOW, decided + 0.5 * DAY))},${decider},${chance},${correct},${correct === "approve" ? "" : reason || "spam"},${1 + Math.floor(random() * 40)}`,
      );
    }
    wide.add(
      `${id},${iso(decided)},${iso(created)},${market},${queue},${source},${content},${category},${tier},${severity},${decider},${team},${moderator},${seller},${action},${reason},${handle ?? ""},${cost},${outcome},${resolvedText},${weight},${correct}`,
    );
    if (id % 20_000 === 0) for (const sink of sinks) await sink.drain();
  }
  for (const sink of sinks) await sink.close();
  return Object.fromEntries(FILES.map((name, index) => [name, sinks[index]?.rows ?? 0]));
}

const DAY = 86_400_000;

export const HEADERS: Readonly<Record<(typeof FILES)[number], string>> = {
  cases:
    "case_id,created_at,market,queue,source,content_type,category,seller_id,seller_tier,severity,sla_due_at,views,gmv_usd",
  decisions:
    "decision_id,case_id,decided_at,decider,moderator_id,team,action,reason,score,model_version,guideline_version,handle_seconds,cost_usd,superseded_at",
  appeals: "appeal_id,decision_id,filed_at,resolved_at,outcome",
  qa_labels:
    "label_id,decision_id,sampled_at,labelled_at,stratum,inclusion_prob,correct_action,correct_reason,auditor_id",
  wide: "decision_id,decided_at,created_at,market,queue,source,content_type,category,seller_tier,severity,decider,team,moderator_id,seller_id,action,reason,handle_seconds,cost_usd,appeal_outcome,appeal_resolved_at,weight,correct_action",
};

/** A table of 256 places, filled by Zipf's law (1/rank) over the values, or by the shares given. */
function table(values: readonly string[], shares = values.map((_, rank) => 1 / (rank + 1))): string[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const places: string[] = [];
  let reached = 0;
  values.forEach((value, index) => {
    reached += (shares[index] ?? 0) / total;
    while (places.length < Math.round(256 * reached)) places.push(value);
  });
  return places;
}

const MARKETS = table(["ID", "VN", "TH", "PH", "MY", "US", "GB", "SG"]);
const QUEUES = table(["product", "video", "live", "seller", "ip", "appeals"]);
const SOURCES = table(["model", "user_report", "random_audit", "rights_owner", "appeal"]);
const CONTENTS = table(["listing", "video", "live", "review", "profile", "ad"]);
const CATEGORIES = table([
  "beauty", "fashion", "electronics", "home", "food", "health", "toys", "mom_baby", "sports", "auto",
]); // biome-ignore format: one list
const TIERS = table(["bronze", "new", "silver", "gold", "brand"], [40, 30, 20, 8, 2]);
const SEVERITIES = table(["low", "medium", "high", "critical"]);
const ACTIONS = table(["approve", "remove", "restrict", "warn", "ban"], [55, 30, 8, 5, 2]);
const TEAMS = table(["jkt-1", "jkt-2", "hcm-1", "bkk-1", "kul-1", "mnl-1", "mnl-2", "sin-1", "lax-1", "lon-1"]);
const REASONS = table([
  "counterfeit", "ip_infringement", "prohibited_goods", "weapons", "unsafe_product", "misleading_claim", "adult", "hate_harassment",
  "fake_review", "price_fraud", "off_platform", "spam",
]); // biome-ignore format: one list
const OUTCOMES = table(["upheld", "overturned", "partial", "withdrawn"], [60, 30, 5, 5]);

const pick = (places: readonly string[], random: () => number): string =>
  places[Math.floor(random() * places.length)] ?? "";

/** Mulberry32 (T. Ettinger): 32 bits of state, good enough for shapes, 3 ns a number. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const hours = new Map<number, string>();
const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, "0"));

/** ISO to the second; the hour's prefix is kept, for five of these a row are most of the generator's work. */
function iso(ms: number): string {
  const hour = Math.floor(ms / 3_600_000);
  let prefix = hours.get(hour);
  if (!prefix) {
    prefix = new Date(hour * 3_600_000).toISOString().slice(0, 14);
    hours.set(hour, prefix);
  }
  const second = Math.floor((ms - hour * 3_600_000) / 1_000);
  return `${prefix}${TWO[Math.floor(second / 60)]}:${TWO[second % 60]}Z`;
}

class Sink {
  rows = 0;
  #text: string;
  readonly #stream: WriteStream;

  constructor(path: string, header: string) {
    this.#stream = createWriteStream(path, { highWaterMark: 1 << 20 });
    this.#text = `${header}\n`;
  }

  add(line: string): void {
    this.rows++;
    this.#text += `${line}\n`;
    if (this.#text.length > 1 << 18) this.#flush();
  }

  #flush(): void {
    this.#stream.write(this.#text);
    this.#text = "";
  }

  async drain(): Promise<void> {
    if (this.#stream.writableNeedDrain) await once(this.#stream, "drain");
  }

  async close(): Promise<void> {
    this.#flush();
    this.#stream.end();
    await once(this.#stream, "finish");
  }
}
