/** One logged decision between action 0 and 1, and what another policy would do. */
export interface LoggedDecision {
  readonly action: number;
  /** Probability with which the logging policy took the action it took. */
  readonly propensity: number;
  readonly reward: number;
  /** Probability of action 1 under the policy to judge. */
  readonly target: number;
  /** Predicted reward of action 0 and 1. */
  readonly q0: number;
  readonly q1: number;
}

export interface OffPolicyValue {
  readonly ips: number | null;
  readonly ipsSe: number | null;
  readonly snips: number | null;
  readonly snipsSe: number | null;
  readonly direct: number | null;
  readonly dr: number | null;
  readonly drSe: number | null;
  readonly sndr: number | null;
  readonly clippedIps: number | null;
  /** (Σw)²/Σw². */
  readonly ess: number | null;
  readonly maxWeight: number | null;
  /** Near 1 when the propensities are right. */
  readonly meanWeight: number | null;
  readonly reason?: string;
}

/**
 * Value of another policy from logged decisions: inverse propensity (IPS), self-normalised, direct, doubly robust, clipped.
 * Source: Horvitz & Thompson (1952); Swaminathan & Joachims (2015); Dudík, Langford & Li (2011).
 */
export function offPolicyValue(log: readonly LoggedDecision[], clip: number): OffPolicyValue {
  const n = log.length;
  if (n < 2 || log.some(({ propensity }) => !(propensity > 0))) {
    return refuse(n < 2 ? "needs two logged decisions" : "a propensity of 0: the log says nothing about that action");
  }
  const rows = log.map(({ action, propensity, reward, target, q0, q1 }) => ({
    w: (action === 1 ? target : 1 - target) / propensity,
    reward,
    direct: target * q1 + (1 - target) * q0,
    residual: reward - (action === 1 ? q1 : q0),
  }));
  type Row = (typeof rows)[number];
  const mean = (value: (row: Row) => number) => rows.reduce((sum, row) => sum + value(row), 0) / n;
  const error = (value: (row: Row) => number, centre: number) =>
    Math.sqrt(rows.reduce((sum, row) => sum + (value(row) - centre) ** 2, 0) / (n * (n - 1)));
  const meanWeight = mean(({ w }) => w);
  const ips = mean(({ w, reward }) => w * reward);
  const direct = mean((row) => row.direct);
  const drOf = (row: Row) => row.direct + row.w * row.residual;
  const dr = mean(drOf);
  const common = {
    ips,
    ipsSe: error(({ w, reward }) => w * reward, ips),
    direct,
    dr,
    drSe: error(drOf, dr),
    clippedIps: mean(({ w, reward }) => Math.min(w, clip) * reward),
    maxWeight: Math.max(...rows.map(({ w }) => w)),
    meanWeight,
  };
  if (meanWeight === 0) {
    return { ...common, snips: null, snipsSe: null, sndr: null, ess: null, reason: "the policies never agree" };
  }
  const snips = ips / meanWeight;
  return {
    ...common,
    snips,
    snipsSe: error(({ w, reward }) => w * (reward - snips), 0) / meanWeight,
    sndr: direct + mean(({ w, residual }) => w * residual) / meanWeight,
    ess: (n * meanWeight) ** 2 / rows.reduce((sum, { w }) => sum + w * w, 0),
  };
}

const refuse = (reason: string): OffPolicyValue => ({
  ips: null,
  ipsSe: null,
  snips: null,
  snipsSe: null,
  direct: null,
  dr: null,
  drSe: null,
  sndr: null,
  clippedIps: null,
  ess: null,
  maxWeight: null,
  meanWeight: null,
  reason,
});
