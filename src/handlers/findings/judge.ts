import { formatInstant, formatPeriod } from "../../chat/format.ts";
import type { ChannelRef } from "../../chat/port.ts";
import type { Verdict } from "../../chat/verdict.ts";
import { afterVerdict, type FindingState, stateAt } from "../../kernel/finding-state.ts";
import { addChange } from "../../queries/changes.ts";
import {
  bindFinding,
  type FindingRecord,
  findFinding,
  findingOfThread,
  saveVerdict,
} from "../../queries/state/findings.ts";
import type { Asking } from "../asking.ts";
import { findingTitle } from "../digest/finding-words.ts";
import type { BotParts } from "../parts.ts";
import { dayStart } from "../scan/days.ts";
import { readVerdict } from "./verdict-words.ts";

/** Who says it, where, and in which thread, if any. */
export interface Judge {
  readonly where: ChannelRef;
  readonly thread: string | null;
  readonly person: string;
}

/**
 * A verdict on a finding: state and audit in one statement, and, if it was expected, an entry of the change ledger that takes its days out of
 * the baseline. Answers one sentence. The thread is remembered, so that a reason can follow in it.
 */
export async function judgeFinding(
  said: {
    readonly finding: string;
    readonly verdict: Verdict;
    readonly reason: string | null;
    readonly until: number | null;
  },
  judge: Judge,
  asking: Asking,
  parts: Pick<BotParts, "writer">,
): Promise<string> {
  const kept = await findFinding(parts.writer, said.finding);
  if (!kept) return asking.say("verdict.unknown", { finding: said.finding });
  const before = kept.state;
  const after = afterVerdict(stateAt(before, asking.now), { ...said, person: judge.person, at: asking.now });
  const audit = {
    ...judge.where,
    finding: kept.finding,
    person: judge.person,
    verdict: said.verdict,
    after,
    at: asking.now,
  };
  // Somebody who spoke in between is heard first; the later word counts.
  if (!(await saveVerdict(parts.writer, { ...audit, before }))) {
    const again = await findFinding(parts.writer, said.finding);
    if (again) await saveVerdict(parts.writer, { ...audit, before: again.state });
  }
  if (judge.thread !== null) await bindFinding(parts.writer, { ...judge.where, thread: judge.thread }, kept.finding);
  if (said.verdict === "expected") await intoLedger(kept, after, judge, asking, parts);
  return sentence(kept, said, after, asking);
}

/** Words in a finding's thread that are a verdict or its reason; null = they are something else. */
export async function hearVerdict(
  text: string,
  judge: Judge,
  asking: Asking,
  parts: Pick<BotParts, "writer">,
): Promise<string | null> {
  if (judge.thread === null) return null;
  const heard = readVerdict(text, asking.catalog);
  if (!heard) return null;
  const finding = await findingOfThread(parts.writer, { ...judge.where, thread: judge.thread });
  if (finding === null) return null;
  const kept = await findFinding(parts.writer, finding);
  // A reason alone belongs to what was called expected.
  if (heard.verdict === null && kept?.state.name !== "expected") return null;
  const until = heard.days === null ? null : asking.now + heard.days * DAY_MS;
  return judgeFinding(
    { finding, verdict: heard.verdict ?? "expected", reason: heard.reason, until },
    judge,
    asking,
    parts,
  );
}
const DAY_MS = 86_400_000;

/** The finding's days, its markets and queues, this metric only. Said again with a reason, the entry of that reason is added beside it. */
async function intoLedger(
  { deviation }: FindingRecord,
  { reason }: FindingState,
  judge: Judge,
  asking: Asking,
  { writer }: Pick<BotParts, "writer">,
): Promise<void> {
  const { period, zone, segment, metric } = deviation;
  const iso = (day: string): string => new Date(dayStart(day, zone)).toISOString();
  await addChange(
    writer,
    {
      kind: "expected",
      title: reason ?? findingTitle(deviation, asking),
      startsAt: iso(period.from),
      endsAt: iso(period.to),
      markets: segment.market ?? null,
      queues: segment.queue ?? null,
      metrics: [metric],
    },
    { person: judge.person, atMs: asking.now },
  );
}

function sentence(
  { deviation }: FindingRecord,
  { verdict, reason }: { readonly verdict: Verdict; readonly reason: string | null },
  after: FindingState,
  asking: Asking,
): string {
  const finding = `“${findingTitle(deviation, asking)}”`;
  const period = formatPeriod(deviation.period, asking.locale, deviation.zone);
  const until =
    after.until === null ? "" : formatInstant(new Date(after.until).toISOString(), asking.locale, asking.zone);
  if (verdict === "expected" && reason !== null) return asking.say("verdict.said.reason", { finding, period, reason });
  return asking.say(`verdict.said.${verdict}`, { finding, period, until });
}
