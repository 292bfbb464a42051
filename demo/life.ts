import type { Calendar } from "./calendar.ts";
import type { Effects } from "./effects.ts";
import type { Experiments } from "./experiments.ts";
import { modelVersion } from "./ledgers.ts";
import { type Random, STREAMS } from "./random.ts";
import type { Seller, Sellers } from "./sellers.ts";
import type { TableSink } from "./tables.ts";
import * as world from "./world.ts";
import {
  type Action,
  DAY,
  HOUR,
  isRemoval,
  MARKET,
  type Market,
  MINUTE,
  QUEUE,
  type Queue,
  type Reason,
} from "./world.ts";

/** What a case's life needs: the world around it and the tables that it leaves traces in. */
export interface Around {
  readonly random: Random;
  readonly sellers: Sellers;
  readonly calendar: Calendar;
  readonly effects: Effects;
  readonly experiments: Experiments;
  readonly now: number;
  /** Nothing later than these is known yet. */
  readonly knownThrough: number;
  readonly appealsKnownThrough: number;
  readonly sinks: Readonly<Record<"cases" | "claims" | "decisions" | "appeals" | "qa_labels", TableSink>>;
  /** Last ids given. */
  readonly ids: { case: number; claim: number; decision: number; appeal: number; label: number };
}

/** How a case comes in: where, when, and what a planted truth forces. */
export interface Intake {
  readonly market: Market;
  readonly at: number;
  readonly queue?: Queue;
  readonly source?: world.Source;
}

interface Case {
  readonly id: number;
  readonly market: Market;
  readonly queue: Queue;
  readonly source: world.Source;
  readonly severity: world.Severity;
  readonly seller: Seller;
  readonly at: number;
}

interface Decision {
  readonly at: number;
  readonly decider: "model" | "human";
  readonly moderator: number | null;
  readonly action: Action;
  readonly reason: Reason | null;
  readonly score: number | null;
  readonly handleSeconds: number | null;
  readonly costUsd: number;
  /** What a perfect auditor would say. */
  readonly correctAction: Action;
  readonly correctReason: Reason | null;
}

/** One case from its intake to its last audit: writes all its rows, as far as they are known now. */
export function live(around: Around, intake: Intake): void {
  const { random, sellers, ids } = around;
  const id = ++ids.case;
  random.begin(STREAMS.case, id);
  const queue = intake.queue ?? random.pick(world.QUEUE_CHOICE);
  const source = intake.source ?? random.pick(world.SOURCE_CHOICE[queue]);
  const contentType = random.pick<string>(world.CONTENT_CHOICE[queue]);
  const seller = sellers.draw(random, intake.market, intake.at);
  const category = random.chance(0.85) ? seller.category : random.pick(world.CATEGORY_CHOICE);
  const severity = random.pick(world.SEVERITY_CHOICE);
  const gmv = random.lognormal(seller.tier === "brand" ? 400 : seller.tier === "gold" ? 150 : 35, 1.3);
  const viewsAtOnce = random.lognormal(12, 1.2);
  const made: Case = { id, market: intake.market, queue, source, severity, seller, at: intake.at };
  around.experiments.meet(made);
  const decision = decideFirst(around, made);
  const slaHours = QUEUE[queue].slaHours * (severity === "critical" ? 0.5 : 1);
  const seenHours = (Math.min(decision.at, around.knownThrough) - made.at) / HOUR;
  around.sinks.cases.add(
    id, iso(made.at), made.market, queue, source, contentType, category, seller.id, seller.tier, severity, iso(made.at + slaHours * HOUR),
    Math.round(viewsAtOnce * (1 + 9 * seenHours ** 0.8)), gmv.toFixed(2),
  ); // biome-ignore format: one row
  if (decision.at <= around.knownThrough) follow(around, made, decision);
}

function decideFirst(around: Around, made: Case): Decision {
  const { random, effects } = around;
  const { market, queue, source, at } = made;
  const facts = QUEUE[queue];
  random.begin(STREAMS.review, made.id);
  const automated = random.chance(facts.automation * effects.automation(market, queue, at));
  // Below one half, so that a doubling stays a probability.
  const chance = Math.min(0.48, world.REMOVAL[source] * MARKET[market].strictness * made.seller.propensity);
  const removal = random.chance(chance * effects.removal(market, at));
  const decider = automated ? "model" : "human";
  const hard = (made.severity === "critical" ? 1.4 : 1) * (source === "user_report" && !removal ? 2.5 : 1);
  const wrong = random.chance(hard * (removal ? 1 - facts.precision[decider] : facts.leakage[decider]));
  const verdict = judge(random, made, removal, wrong);
  if (automated) {
    const seconds = random.lognormal(18, 1.1);
    const costUsd = facts.modelUsd * random.between(0.8, 1.25);
    return { ...verdict, at: at + seconds * 1000, decider, moderator: null, handleSeconds: null, costUsd };
  }
  const { claimedAt, moderator, handleSeconds } = review(around, made);
  const costUsd = (handleSeconds / 3600) * MARKET[market].usdPerHour * 1.25;
  const score = random.chance(0.7) ? verdict.score : null;
  return { ...verdict, score, at: claimedAt + handleSeconds * 1000, decider, moderator, handleSeconds, costUsd };
}

type Verdict = Pick<Decision, "action" | "reason" | "score" | "correctAction" | "correctReason">;

/** The action, what would have been right, and a score that leans towards the truth. */
function judge(random: Random, made: Case, removal: boolean, wrong: boolean): Verdict {
  const cause = random.pick<Reason>(world.REASON_CHOICE[made.queue]);
  const penalty = penaltyFor(random, made);
  const mild: Action = random.chance(0.05) ? "warn" : "approve";
  const u = random.next();
  if (removal) {
    const otherReason = random.chance(0.05) ? random.pick<Reason>(world.REASON_CHOICE[made.queue]) : cause;
    const otherPenalty: Action = random.chance(0.015) ? (penalty === "remove" ? "restrict" : "remove") : penalty;
    return {
      action: penalty,
      reason: cause,
      score: wrong ? 0.8 + 0.2 * u ** 2.5 : 0.8 + 0.2 * u ** 0.5,
      correctAction: wrong ? "approve" : otherPenalty,
      correctReason: wrong ? null : otherReason,
    };
  }
  return {
    action: mild,
    reason: mild === "warn" ? cause : null,
    score: wrong ? 0.8 * u ** 0.5 : 0.8 * u ** 3,
    correctAction: wrong ? penalty : mild,
    correctReason: wrong || mild === "warn" ? cause : null,
  };
}

function penaltyFor(random: Random, made: Case): Action {
  const u = random.next();
  if (made.queue === "seller") return u < 0.25 ? "ban" : u < 0.6 ? "restrict" : "remove";
  if (made.severity === "low") return u < 0.4 ? "restrict" : "remove";
  return u < 0.12 ? "restrict" : u > 0.985 ? "ban" : "remove";
}

interface Review {
  readonly claimedAt: number;
  readonly moderator: number;
  readonly handleSeconds: number;
}

/** Waiting, being skipped or left lying, and the claim that decides. Writes the claims that are known. */
function review(around: Around, made: Case): Review {
  const { random, effects } = around;
  const { slaHours, handleSeconds } = QUEUE[made.queue];
  let waitHours = random.lognormal(slaHours * 0.09, 1.1);
  // A few fall between two desks: the tail that closed cases do not show.
  if (random.chance(0.07)) waitHours += Math.min(60 * 24, random.pareto(slaHours * 0.6, 1.1));
  let claimedAt = inShift(around, made, made.at + waitHours * HOUR);
  for (let tries = 0; tries < 3 && random.chance(0.09); tries++) {
    const skipped = random.chance(0.75);
    const heldMs = skipped ? random.between(15, 120) * 1000 : 30 * MINUTE;
    claim(around, made, pickModerator(random), claimedAt, claimedAt + heldMs, skipped ? "skipped" : "expired");
    claimedAt = inShift(around, made, claimedAt + heldMs + random.exponential(0.8 * HOUR));
  }
  const moderator = pickModerator(random);
  const median = handleSeconds * effects.handle(made.market, made.queue, claimedAt);
  const seconds = Math.round(Math.min(3600, Math.max(4, random.lognormal(median, world.HANDLE_SIGMA))));
  claim(around, made, moderator, claimedAt, claimedAt + seconds * 1000, "decided");
  return { claimedAt, moderator, handleSeconds: seconds };
}

function claim(around: Around, made: Case, moderator: number, from: number, to: number, outcome: string): void {
  if (to > around.knownThrough) return;
  const team = teamOf(made);
  around.sinks.claims.add(++around.ids.claim, made.id, moderatorId(team, moderator), team, iso(from), iso(to), outcome);
}

/** The instant itself within the desk's hours, else somewhere in the first hours of its next shift. */
function inShift(around: Around, made: Case, at: number): number {
  const { shift, sundayOff } = QUEUE[made.queue];
  const [opens, closes] = shift;
  const local = at + around.calendar.offset(made.market, at);
  const midnight = Math.floor(local / DAY) * DAY;
  const hour = (local - midnight) / HOUR;
  const isOff = (day: number) => sundayOff && new Date(day).getUTCDay() === 0;
  if (hour >= opens && hour < closes && !isOff(midnight)) return at;
  let day = hour < opens ? midnight : midnight + DAY;
  while (isOff(day)) day += DAY;
  return at + (day + opens * HOUR - local) + around.random.exponential(1.2 * HOUR);
}

/** What becomes of a first decision: another one in its place, an appeal, an audit. */
function follow(around: Around, made: Case, first: Decision): void {
  const { random, ids, sinks } = around;
  const decisionId = ++ids.decision;
  random.begin(STREAMS.rework, decisionId);
  const reworkedAt = random.chance(world.REWORK[first.decider])
    ? first.at + Math.min(6.8 * DAY, random.exponential(1.5 * DAY))
    : null;
  const appeal = reworkedAt === null && isRemoval(first.action) ? appealOf(around, made, first, decisionId) : null;
  const overturnedAt = appeal?.outcome === "overturned" || appeal?.outcome === "partial" ? appeal.resolvedAt : null;
  const supersededAt = reworkedAt ?? overturnedAt;
  const known = supersededAt !== null && supersededAt <= around.knownThrough ? supersededAt : null;
  record(around, made, first, decisionId, known);
  if (known !== null) record(around, made, replacement(around, made, first, known), ++ids.decision, null);
  if (appeal)
    sinks.appeals.add(++ids.appeal, decisionId, iso(appeal.filedAt), isoOrNull(appeal.resolvedAt), appeal.outcome);
  audit(around, made, first, decisionId);
}

interface Appeal {
  readonly filedAt: number;
  readonly resolvedAt: number | null;
  readonly outcome: string | null;
}

/** Filed within 14 days, resolved within 3; what is later than the watermark of appeals is not known. */
function appealOf(around: Around, made: Case, first: Decision, decisionId: number): Appeal | null {
  const random = around.random.begin(STREAMS.appeal, decisionId);
  const wrong = !isRemoval(first.correctAction);
  if (!random.chance(wrong ? world.APPEALED.wrong : world.APPEALED.right)) return null;
  if (!random.chance(around.experiments.appealRatio(made))) return null;
  const filedAt = first.at + truncated(() => random.exponential(2.4 * DAY), world.APPEAL_DAYS_MAX * DAY);
  const resolvedAt = filedAt + truncated(() => random.lognormal(21 * HOUR, 0.55), world.RESOLVE_DAYS_MAX * DAY);
  const overturn =
    (wrong ? world.OVERTURN_WRONG : QUEUE[made.queue].overturnRight) * around.effects.overturn(made.market, first.at);
  const withdrawn = random.chance(world.WITHDRAWN);
  const overturned = random.chance(overturn);
  const partial = random.chance(world.PARTIAL_SHARE);
  const outcome = withdrawn ? "withdrawn" : !overturned ? "upheld" : partial ? "partial" : "overturned";
  const through = around.appealsKnownThrough;
  if (filedAt > through) return null;
  return resolvedAt > through ? { filedAt, resolvedAt: null, outcome: null } : { filedAt, resolvedAt, outcome };
}

function truncated(draw: () => number, below: number): number {
  let value = draw();
  while (value >= below) value = draw();
  return value;
}

/** The decision that takes another one's place: the opposite, by a person. */
function replacement(around: Around, made: Case, first: Decision, at: number): Decision {
  const { random } = around;
  const removed = isRemoval(first.action);
  const handleSeconds = Math.round(
    Math.min(3600, random.lognormal(QUEUE[made.queue].handleSeconds * 1.2, world.HANDLE_SIGMA)),
  );
  return {
    at,
    decider: "human",
    moderator: pickModerator(random),
    action: removed ? "approve" : "remove",
    reason: removed ? null : random.pick<Reason>(world.REASON_CHOICE[made.queue]),
    score: null,
    handleSeconds,
    costUsd: (handleSeconds / 3600) * MARKET[made.market].usdPerHour * 1.25,
    correctAction: first.correctAction,
    correctReason: first.correctReason,
  };
}

function record(around: Around, made: Case, decision: Decision, id: number, supersededAt: number | null): void {
  const human = decision.decider === "human";
  const team = human ? teamOf(made) : null;
  around.sinks.decisions.add(
    id, made.id, iso(decision.at), decision.decider, team === null ? null : moderatorId(team, decision.moderator ?? 0), team, decision.action,
    decision.reason, decision.score === null ? null : decision.score.toFixed(4), human ? null : modelVersion(around.now, decision.at),
    around.effects.guideline(made.market, decision.at), decision.handleSeconds, decision.costUsd.toFixed(5), isoOrNull(supersededAt),
  ); // biome-ignore format: one row
}

/** Quota audits: each stratum with its own known chance, so that the raw share says little about the whole. */
function audit(around: Around, made: Case, first: Decision, decisionId: number): void {
  const random = around.random.begin(STREAMS.audit, decisionId);
  const { stratum, chance } = stratumOf(made, first);
  if (!random.chance(chance)) return;
  const sampledAt = first.at + random.between(2, 26) * HOUR;
  if (sampledAt > around.knownThrough) return;
  const auditors = random.chance(0.14) ? 2 : 1;
  const firstAuditor = random.below(AUDITORS);
  for (let i = 0; i < auditors; i++) {
    const lag = Math.min(12 * DAY, random.lognormal(2.2 * DAY, 0.6));
    const lost = random.chance(0.03);
    const labelledAt = !lost && sampledAt + lag <= around.knownThrough ? sampledAt + lag : null;
    const slip = random.chance(0.012);
    const action: Action = slip ? (isRemoval(first.correctAction) ? "approve" : "remove") : first.correctAction;
    const reason = slip
      ? isRemoval(action)
        ? random.pick<Reason>(world.REASON_CHOICE[made.queue])
        : null
      : first.correctReason;
    const auditor = 9001 + ((firstAuditor + i * (1 + random.below(AUDITORS - 1))) % AUDITORS);
    around.sinks.qa_labels.add(
      ++around.ids.label, decisionId, iso(sampledAt), isoOrNull(labelledAt), stratum, chance,
      labelledAt === null ? null : action, labelledAt === null ? null : reason, auditor,
    ); // biome-ignore format: one row
  }
}

const AUDITORS = 18;

function stratumOf(made: Case, first: Decision): { stratum: string; chance: number } {
  const removed = isRemoval(first.action);
  if (made.severity === "critical") return { stratum: "critical", chance: 0.12 };
  if (first.decider === "human")
    return removed ? { stratum: "human_removal", chance: 0.1 } : { stratum: "human_other", chance: 0.05 };
  if (removed) return { stratum: "model_removal", chance: 0.025 };
  return made.source === "user_report"
    ? { stratum: "reported_other", chance: 0.03 }
    : { stratum: "model_other", chance: 0.006 };
}

const DESK: Readonly<Record<Queue, 0 | 1>> = { product: 0, video: 0, live: 0, seller: 1, ip: 1, appeals: 1 };
export const teamAt = (market: Market, queue: Queue): string => MARKET[market].teams[DESK[queue]];
const teamOf = (made: Case): string => teamAt(made.market, made.queue);
/** Some reviewers take more than others. */
const pickModerator = (random: Random): number => Math.floor(world.MODERATORS_PER_TEAM * random.next() ** 1.3);
const moderatorId = (team: string, index: number): number =>
  (world.TEAMS.indexOf(team as (typeof world.TEAMS)[number]) + 1) * 100 + index + 1;

export const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));
