import type { Options } from "../kernel/question.ts";
import type { Sentence } from "./sentence.ts";
import { hasRole, roleAfter } from "./token.ts";

type Power = Pick<Options, "baseline" | "target" | "delta" | "power" | "level">;

/** "sample size overturn 6%→5.5%, 80%": the numbers of a power question, as fractions. Takes its words. */
export function readPower(sentence: Sentence): Power {
  const numbers: { baseline?: number; target?: number; delta?: number; power?: number; level?: number } = {};
  const bare: number[] = [];
  for (let place = 0; place < sentence.length; place += 1) {
    const value = sentence.number(place);
    if (value === null) continue;
    const pair = pairAt(sentence, place);
    if (pair) {
      numbers.baseline ??= pair.from;
      numbers.target ??= pair.to;
      sentence.take(place, pair.end, "power");
      continue;
    }
    if (hasRole(sentence.at(place + 1), "points")) {
      numbers.delta ??= signed(sentence, percent(value));
      sentence.take(place, place + 2, "power");
    } else if (near(sentence, place, "power.alpha")) {
      const alpha = hasRole(sentence.at(place + 1), "percent") ? percent(value) : value;
      numbers.level = round(1 - alpha);
      sentence.take(place, place + 2, "power");
    } else if (hasRole(sentence.at(place + 1), "percent")) {
      if (near(sentence, place, "level")) numbers.level = percent(value);
      else if (near(sentence, place, "power.word")) numbers.power = percent(value);
      else if (before(sentence, place, "power.baseline")) numbers.baseline ??= percent(value);
      else if (before(sentence, place, "power.target")) numbers.target ??= percent(value);
      else if (behind(sentence, place + 2, "power.fall")) numbers.delta ??= -percent(value);
      else bare.push(percent(value));
      sentence.take(place, place + 2, "power");
    }
  }
  const power = numbers.power ?? bare.at(-1);
  return power === undefined ? numbers : { ...numbers, power };
}

/** "6% → 5.5%", "from 6 to 5.5%", 从6%降到5.5% */
function pairAt(sentence: Sentence, place: number): { from: number; to: number; end: number } | null {
  const from = sentence.number(place);
  const isPercent = hasRole(sentence.at(place + 1), "percent");
  const sign = isPercent ? place + 2 : place + 1;
  const at = arrow(sentence, sign);
  const to = at === null ? null : sentence.number(at);
  if (from === null || at === null || to === null || !hasRole(sentence.at(at + 1), "percent")) return null;
  return { from: percent(from), to: percent(to), end: at + 2 };
}

/** The place behind "→", "to", 降到 …; null when no such word stands here. */
function arrow(sentence: Sentence, place: number): number | null {
  let at = place;
  while (hasRole(sentence.at(at), "power.fall")) at += 1;
  const isArrow = sentence.mark(at, "→", "-") || hasRole(sentence.at(at), "to");
  return isArrow ? sentence.skip(at + 1) : null;
}

/** A percentage as a fraction, without the dust of binary division. */
const percent = (value: number): number => Number(`${value}e-2`);
const round = (value: number): number => Number(value.toPrecision(12));

const signed = (sentence: Sentence, size: number): number =>
  sentence.tokens.some((token) => hasRole(token, "power.fall")) ? -size : size;

const near = (sentence: Sentence, place: number, role: string): boolean =>
  before(sentence, place, role) || behind(sentence, place + 1, role);
const before = (sentence: Sentence, place: number, role: string): boolean =>
  hasRole(sentence.at(sentence.back(place - 1)), role) ||
  (sentence.mark(place - 1, "=", ":") && hasRole(sentence.at(place - 2), role));
const behind = (sentence: Sentence, place: number, role: string): boolean => {
  const at = hasRole(sentence.at(place), "percent") ? place + 1 : place;
  return hasRole(sentence.at(sentence.skip(at)), role);
};

/** "threshold .8 → .7", "threshold to 0.7". Takes the numbers; null when there are none. */
export function readThreshold(sentence: Sentence): NonNullable<Options["threshold"]> | null {
  const found: number[] = [];
  for (let place = 0; place < sentence.length && found.length < 2; place += 1) {
    const value = sentence.number(place);
    if (value === null || counts(sentence, place)) continue;
    const isPercent = hasRole(sentence.at(place + 1), "percent");
    const share = isPercent ? percent(value) : value;
    if (share < 0 || share > 1) continue;
    found.push(share);
    sentence.take(place, isPercent ? place + 2 : place + 1, "threshold");
  }
  const [first, second] = found;
  if (first === undefined) return null;
  return second === undefined ? { to: first } : { from: first, to: second };
}
const counts = (sentence: Sentence, place: number): boolean =>
  sentence
    .at(place + 1)
    ?.senses.some(({ meaning }) => meaning.what === "role" && /^(unit\.|counter)/.test(meaning.role)) ?? false;

const CHANGES = ["guideline", "model", "policy", "campaign"] as const;

/** "guideline v14", "3.3 campaign", "tet": the change whose effect is asked for. Takes its words. */
export function readChange(sentence: Sentence): NonNullable<Options["change"]> | null {
  for (let place = 0; place < sentence.length; place += 1) {
    const holiday = sentence.isFree(place) ? roleAfter(sentence.at(place), "holiday.") : null;
    if (holiday !== null) {
      sentence.take(place, place + 1, "change");
      return { kind: "holiday", name: holiday };
    }
  }
  const kinds = sentence.tokens.flatMap((token, place) => {
    const kind = CHANGES.find((candidate) => sentence.isFree(place) && hasRole(token, `change.${candidate}`));
    return kind === undefined ? [] : [{ kind, place, name: nameBeside(sentence, place) }];
  });
  const chosen = kinds.find(({ name }) => name !== null) ?? kinds[0];
  if (!chosen) return null;
  sentence.take(chosen.place, chosen.place + 1, "change");
  if (!chosen.name) return { kind: chosen.kind };
  sentence.take(chosen.name.place, chosen.name.place + 1, "change");
  return { kind: chosen.kind, name: chosen.name.text };
}

function nameBeside(sentence: Sentence, place: number): { text: string; place: number } | null {
  let after = place + 1;
  if (hasRole(sentence.at(after), "change.version")) after += 1;
  for (const at of [after, place - 1]) {
    const token = sentence.at(at);
    if (!token || !sentence.isFree(at)) continue;
    if (token.number !== undefined || token.date || (token.word && /\d/.test(token.text)))
      return { text: token.text, place: at };
  }
  return null;
}
