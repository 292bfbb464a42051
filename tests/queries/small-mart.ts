import type { Pool } from "pg";

/** The instant of asking in the tests of queries, and the tables' watermarks a little before it. */
export const NOW = Date.parse("2026-03-17T02:05:00Z");
const DAY = 86_400_000;

/**
 * A mart of a few thousand cases over 80 days, made for hard corners rather than for looks: cases decided twice, never, or before a
 * claim; labels not yet in; sellers that come again; appeals withdrawn; nulls wherever a column may be null.
 */
export async function fillSmallMart(pool: Pool): Promise<void> {
  const random = seeded(20_260_317);
  const tables = rows(random);
  for (const [table, list] of Object.entries(tables)) {
    await pool.query(`insert into mart.${table} select * from jsonb_populate_recordset(null::mart.${table}, $1)`, [
      JSON.stringify(list),
    ]);
  }
  await pool.query("analyze");
}

const MARKETS = ["ID", "VN", "TH", "MY", "PH", "SG", "US", "GB"];
const QUEUES = ["product", "video", "live", "seller", "ip", "appeals"];
const SEVERITIES = ["low", "medium", "high", "critical"];
const REASONS = ["counterfeit", "weapons", "adult", "spam"];
const ACTIONS = ["approve", "approve", "remove", "restrict", "warn", "ban"];
const TEAMS = ["jkt-1", "hcm-1", "lax-1"];

type Random = () => number;
type Table = Record<string, unknown>[];

function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const iso = (ms: number): string => new Date(Math.round(ms / 1_000) * 1_000).toISOString();

function rows(random: Random): Record<string, Table> {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const maybe = <T>(share: number, value: () => T): T | null => (random() < share ? value() : null);
  const cases: Table = [];
  const claims: Table = [];
  const decisions: Table = [];
  const appeals: Table = [];
  const labels: Table = [];
  for (let id = 1; id <= 6_000; id += 1) {
    const created = NOW - random() ** 1.3 * 80 * DAY;
    const due = created + pick([4, 24, 48]) * 3_600_000;
    cases.push({
      case_id: id,
      created_at: iso(created),
      market: pick(MARKETS),
      queue: pick(QUEUES),
      source: pick(["model", "user_report", "rights_owner", "random_audit", "appeal"]),
      content_type: pick(["listing", "video", "live", "review"]),
      category: pick(["beauty", "fashion", "food"]),
      seller_id: Math.floor(random() ** 2 * 2_500),
      seller_tier: pick(["new", "gold", "brand"]),
      severity: pick(SEVERITIES),
      sla_due_at: iso(due),
      views: Math.floor(random() ** 4 * 10_000),
      gmv_usd: 1,
    });
    if (random() < 0.55) {
      const claimed = created + random() ** 3 * 2 * DAY;
      claims.push({
        claim_id: claims.length + 1,
        case_id: id,
        moderator_id: 1,
        team: pick(TEAMS),
        claimed_at: iso(claimed),
        released_at: iso(claimed + 600_000),
        outcome: "decided",
      });
    }
    let at = created;
    const times = random() < 0.06 ? 0 : random() < 0.15 ? 2 : 1;
    for (let turn = 0; turn < times; turn += 1) {
      at += random() ** 4 * 4 * DAY + 1_000;
      if (at > NOW) break;
      decide(at);
    }
    function decide(decidedAt: number): void {
      const human = random() < 0.45;
      const action = pick(ACTIONS);
      const decisionId = decisions.length + 1;
      decisions.push({
        decision_id: decisionId,
        case_id: id,
        decided_at: iso(decidedAt),
        decider: human ? "human" : "model",
        moderator_id: human ? 7 : null,
        team: human ? pick(TEAMS) : null,
        action,
        reason: action === "approve" ? null : pick(REASONS),
        score: human ? null : random(),
        model_version: human ? null : pick(["m7", "m8"]),
        guideline_version: pick(["v13", "v14"]),
        handle_seconds: human ? maybe(0.95, () => 1 + Math.floor(random() ** 3 * 900)) : null,
        cost_usd: human ? (300 + Math.round(random() * 100)) / 1_000 : 0.002,
        superseded_at: maybe(0.1, () => iso(decidedAt + random() * 20 * DAY)),
      });
      if (action !== "approve" && random() < 0.4) appeal(decisionId, decidedAt);
      const chance = action === "approve" ? 0.2 : 0.6;
      if (random() < chance) label(decisionId, decidedAt, action, chance);
    }
  }
  function appeal(decisionId: number, decidedAt: number): void {
    const filed = decidedAt + random() * 16 * DAY;
    if (filed > NOW) return;
    const resolved = filed + random() * 5 * DAY;
    const isResolved = resolved < NOW;
    appeals.push({
      appeal_id: appeals.length + 1,
      decision_id: decisionId,
      filed_at: iso(filed),
      resolved_at: isResolved ? iso(resolved) : null,
      outcome: isResolved ? pick(["upheld", "upheld", "overturned", "partial", "withdrawn"]) : null,
    });
  }
  function label(decisionId: number, decidedAt: number, action: string, chance: number): void {
    const raters = random() < 0.3 ? [1, 2] : random() < 0.1 ? [3, 3] : random() < 0.1 ? [1, 2, 3] : [1];
    for (const auditor of raters) {
      const labelled = decidedAt + random() * 6 * DAY;
      const isIn = labelled < NOW && random() < 0.97;
      labels.push({
        label_id: labels.length + 1,
        decision_id: decisionId,
        sampled_at: iso(decidedAt),
        labelled_at: isIn ? iso(labelled) : null,
        stratum: action,
        inclusion_prob: chance * (0.5 + random() / 2),
        correct_action: isIn ? (random() < 0.85 ? action : pick(ACTIONS)) : null,
        correct_reason: isIn && action !== "approve" ? pick(REASONS) : null,
        auditor_id: auditor,
      });
    }
  }
  return {
    cases,
    claims,
    decisions,
    appeals,
    qa_labels: labels,
    view_samples: views(random, pick),
    staffing: staffing(random),
    watermarks: [
      ["cases", "2026-03-17T02:00:00Z"],
      ["decisions", "2026-03-17T01:30:00Z"],
      ["claims", "2026-03-17T01:30:00Z"],
      ["appeals", "2026-03-17T00:00:00Z"],
      ["view_samples", "2026-03-17T02:00:00Z"],
      ["staffing", "2026-03-17T02:00:00Z"],
      ["qa_labels", "2026-03-10T00:00:00Z"],
    ].map(([source, through]) => ({ source, complete_through: through, loaded_at: through })),
  };
}

function views(random: Random, pick: <T>(list: readonly T[]) => T): Table {
  return Array.from({ length: 5_000 }, (_, index) => {
    const violating = random() < 0.1;
    const isIn = random() < 0.96;
    return {
      sample_id: index + 1,
      viewed_at: iso(NOW - random() * 60 * DAY),
      market: pick(MARKETS),
      queue: pick(QUEUES),
      category: pick(["beauty", "fashion", "food"]),
      inclusion_prob: 0.01 + random() * 0.2,
      violating: isIn ? violating : null,
      reason: isIn && violating ? pick(REASONS) : null,
      labelled_at: isIn ? iso(NOW) : null,
    };
  });
}

function staffing(random: Random): Table {
  const hours: Table = [];
  for (let at = NOW - 60 * DAY; at < NOW; at += 6 * 3_600_000) {
    for (const market of MARKETS) {
      for (const team of TEAMS) {
        const staffed = random() * 3;
        const hour = new Date(Math.floor(at / 3_600_000) * 3_600_000).toISOString();
        hours.push({ hour, market, queue: "video", team, staffed_hours: staffed, productive_hours: staffed * 0.8 });
      }
    }
  }
  return hours;
}
