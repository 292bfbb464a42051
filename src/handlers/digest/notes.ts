import { formatInstant, formatPeriod } from "../../chat/format.ts";
import type { Note, NoteButton } from "../../chat/post.ts";
import type { Verdict } from "../../chat/verdict.ts";
import { limits } from "../../kernel/limits.ts";
import { blank } from "../../kernel/question.ts";
import type { Asking } from "../asking.ts";
import { sayFinding } from "../checks/say.ts";
import { shiftDay } from "../scan/days.ts";
import { breachEffectText } from "./breach-effect.ts";
import type { Digest, DigestFinding } from "./digest.ts";
import { alsoLine, findingLine, findingNumbers, findingTitle, healthLines } from "./finding-words.ts";
import { numbersLine, restatedLine } from "./numbers.ts";

/**
 * The digest as messages: the head, and each finding as the root of a thread of its own. A quiet day is one line and nothing else. `ids` =
 * the kept findings' names, in the order of `digest.findings`.
 */
export function digestNotes(digest: Digest, ids: readonly string[], asking: Asking): Note[] {
  return [
    headNote(digest, asking),
    ...digest.findings.map((finding, index) => findingNote(finding, ids[index] ?? null, asking)),
  ];
}

function headNote(digest: Digest, asking: Asking): Note {
  const note = {
    language: asking.language,
    locale: asking.locale,
    title: headline(digest, asking),
    chart: null,
    buttons: [],
    about: { ...blank("anomalies"), filters: digest.filters, grain: "day" as const, period: dayPeriod(digest) },
  };
  if (isQuiet(digest)) return { ...note, lines: [], small: [] };
  const findings = digest.findings.map((finding, index) => `${index + 1}. ${findingLine(finding.deviation, asking)}`);
  return {
    ...note,
    lines: [
      ...healthOf(digest, asking),
      ...findings,
      ...(digest.more > 0 ? [asking.say("digest.more", { n: digest.more })] : []),
      ...aside(digest, asking),
    ],
    small: [asking.say("digest.days", { zone: digest.zone })],
  };
}

/** Nothing is missing, nothing is new, nothing has moved. */
const isQuiet = (digest: Digest): boolean =>
  digest.findings.length === 0 &&
  digest.open.length === 0 &&
  digest.restated.length === 0 &&
  digest.precision === null &&
  !hasHealth(digest);

const hasHealth = (digest: Digest): boolean =>
  digest.outages.length > 0 ||
  digest.health.late.length > 0 ||
  digest.checks.length > 0 ||
  digest.health.gaps.some(({ to }) => to > digest.healthSince);

/** "Digest of 16 Mar 2026: 2 findings", or the whole quiet day. */
export function headline(digest: Digest, asking: Asking): string {
  const day = formatPeriod(dayPeriod(digest), asking.locale, digest.zone);
  if (isQuiet(digest) && digest.normal.series === 0) return asking.say("digest.nothing", { day });
  if (isQuiet(digest)) return asking.say("digest.quiet", { day, n: digest.normal.metrics });
  if (digest.findings.length === 0 && hasHealth(digest)) return asking.say("digest.data_first", { day });
  return asking.say("digest.title", { day, n: digest.findings.length });
}

const dayPeriod = ({ day }: Digest) => ({ from: day, to: shiftDay(day, 1) });

/** Tables that are late, rows that are missing, what else the data checks found, outages that are known. */
export function healthOf(digest: Digest, asking: Asking): string[] {
  const known = digest.outages.map(({ title, period }) =>
    asking.say("digest.outage", { title, period: formatPeriod(period, asking.locale, digest.zone) }),
  );
  const checks = digest.checks.slice(0, limits.checksSaidMax).map((finding) => sayFinding(finding, asking));
  const more = digest.checks.length - checks.length;
  return [
    ...healthLines(digest.health, asking, digest.healthSince),
    ...checks,
    ...(more > 0 ? [asking.say("digest.checks_more", { n: more })] : []),
    ...known,
  ];
}

/** What is normal, yesterday's numbers, what is still open, what has moved, how well the detectors did. */
export function aside(digest: Digest, asking: Asking): string[] {
  const day = formatPeriod(dayPeriod(digest), asking.locale, digest.zone);
  const open = digest.open.map(({ deviation }) => findingTitle(deviation, asking));
  return [
    asking.say("digest.normal", { n: digest.normal.metrics, series: digest.normal.series }),
    ...(digest.numbers.length > 0
      ? [asking.say("digest.numbers", { day, numbers: numbersLine(digest.numbers, asking) })]
      : []),
    ...(open.length > 0 ? [asking.say("digest.open", { names: open.join("; ") })] : []),
    ...digest.restated.map((one) => restatedLine(one, asking)),
    ...(digest.precision ? [precisionLine(digest.precision, asking)] : []),
  ];
}

function precisionLine(detectors: NonNullable<Digest["precision"]>, asking: Asking): string {
  const list = detectors
    .filter(({ right, wrong }) => right + wrong > 0)
    .map(({ detector, right, wrong }) =>
      asking.say("digest.precision.one", {
        detector: detector.split("/")[0] ?? detector,
        right,
        judged: right + wrong,
      }),
    )
    .join(", ");
  return asking.say("digest.precision", { list, open: detectors.reduce((sum, { open }) => sum + open, 0) });
}

function findingNote(finding: DigestFinding, id: string | null, asking: Asking): Note {
  return {
    language: asking.language,
    locale: asking.locale,
    title: findingTitle(finding.deviation, asking),
    lines: [
      asking.say("finding.sentence", { numbers: findingNumbers(finding.deviation, asking) }),
      ...findingDetails(finding, asking),
    ],
    small: finding.recommendation ? [asking.say("finding.assumes", { text: finding.recommendation.assumption })] : [],
    chart: finding.chart,
    buttons: [
      {
        label: asking.say("verdict.button.why"),
        act: { type: "choice", question: { ...finding.question, kind: "why" } },
      },
      ...(id === null ? [] : VERDICT_BUTTONS.map((verdict) => verdictButton(id, verdict, asking))),
    ],
    about: finding.question,
  };
}

/** In the order in which they are offered. */
const VERDICT_BUTTONS: readonly Verdict[] = ["expected", "mine", "confirmed", "false_alarm", "mute"];

const verdictButton = (finding: string, verdict: Verdict, asking: Asking): NoteButton => ({
  label: asking.say(`verdict.button.${verdict}`),
  act: { type: "verdict", finding, verdict },
});

/** Driver, what moved with it, suspects, the action, and who has it. */
export function findingDetails(finding: DigestFinding, asking: Asking): string[] {
  const also = alsoLine(finding.also, asking);
  const { owner, until, name } = finding.state;
  return [
    ...(finding.driver ? [asking.say("finding.driver", { text: finding.driver })] : []),
    ...(also ? [also] : []),
    ...finding.suspects,
    ...(finding.recommendation ? [asking.say("finding.do", { action: finding.recommendation.action })] : []),
    ...(finding.recommendation?.breach
      ? [breachEffectText(finding.recommendation.breach, finding.deviation.zone, asking)]
      : []),
    ...(name === "owned" && owner
      ? [
          `${asking.say("finding.owned", { person: owner })}${until ? ` → ${formatInstant(new Date(until).toISOString(), asking.locale, asking.zone)}` : ""}`,
        ]
      : []),
  ];
}
