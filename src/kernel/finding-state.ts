import { limits } from "./limits.ts";

/** Where a finding stands. `until` (milliseconds since the epoch) ends `owned` and `muted`. */
export interface FindingState {
  readonly name: "open" | "owned" | "confirmed" | "expected" | "false_alarm" | "muted";
  readonly owner: string | null;
  readonly reason: string | null;
  readonly until: number | null;
}
/** What a person says of a finding; the port carries the same. */
export type Verdict = "confirmed" | "expected" | "false_alarm" | "mine" | "mute";

export const openState: FindingState = { name: "open", owner: null, reason: null, until: null };

const DAY_MS = 86_400_000;

/**
 * The state after a verdict. Any verdict may follow any other: people change their minds, the audit keeps both. A reason is kept until another
 * is given; whoever took a finding on keeps it through a mute.
 *
 *     open ──mine──▶ owned ──(3 days)──▶ open        confirmed, expected, false_alarm: closed until somebody says otherwise
 *       └──mute──▶ muted ──(until)──▶ open
 */
export function afterVerdict(
  state: FindingState,
  said: {
    readonly verdict: Verdict;
    readonly person: string;
    readonly at: number;
    readonly reason: string | null;
    /** Of a mute; null = a week. */
    readonly until: number | null;
  },
): FindingState {
  const reason = said.reason ?? state.reason;
  switch (said.verdict) {
    case "mine":
      return { name: "owned", owner: said.person, reason, until: said.at + limits.ownDays * DAY_MS };
    case "mute":
      return { name: "muted", owner: state.owner, reason, until: said.until ?? said.at + limits.muteDays * DAY_MS };
    case "confirmed":
    case "expected":
    case "false_alarm":
      return { name: said.verdict, owner: state.owner, reason, until: null };
    default:
      return said.verdict satisfies never;
  }
}

/** The state as of a moment: what has run out is open again. */
export const stateAt = (state: FindingState, at: number): FindingState =>
  state.until !== null && state.until <= at ? { ...openState, reason: state.reason } : state;
