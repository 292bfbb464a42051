import type { Options, QuestionKind } from "../kernel/question.ts";
import { readLoad } from "./load-words.ts";
import type { Chosen } from "./meanings.ts";
import { readRisk } from "./risk-words.ts";
import type { Sentence } from "./sentence.ts";
import { readChange, readPower, readThreshold } from "./study-words.ts";
import { hasRole } from "./token.ts";

const POWER_DEFAULT = 0.8;

export interface ToldKind {
  readonly kind: QuestionKind | null;
  readonly options: Options;
}

/** The kind that a message names: the first of READING-RULES §7 whose words are said *with all that it needs*; null when none is. */
export function readKind(
  sentence: Sentence,
  chosen: readonly (Chosen | null)[],
  found: { readonly cron: string | null; readonly watch: Options["when"] | null },
  threadKind: QuestionKind | null,
): ToldKind {
  const receipt = sentence.tokens.find((token) => token.receipt)?.receipt;
  if (receipt !== undefined && says(sentence, "kind.replay")) return { kind: "replay", options: { receipt } };
  const experiment = sentence.tokens.find((token) => token.experiment)?.experiment;
  if (experiment !== undefined) return { kind: "experiment", options: { experiment } };
  if (found.cron !== null) return { kind: "schedule", options: { cron: found.cron } };
  if (found.watch) return { kind: "watch", options: { when: found.watch } };
  if (asksDefinition(sentence, chosen)) return { kind: "define", options: {} };
  if (says(sentence, "kind.power")) return { kind: "power", options: { power: POWER_DEFAULT, ...readPower(sentence) } };
  if (says(sentence, "kind.tradeoff")) {
    const threshold = readThreshold(sentence);
    if (threshold) return { kind: "tradeoff", options: { threshold } };
  }
  if (says(sentence, "kind.impact")) {
    const change = readChange(sentence);
    if (change) return { kind: "impact", options: { change } };
  }
  const ask = says(sentence, "load.breach") ? "breach" : says(sentence, "load.clear") ? "clear" : null;
  if (ask) return { kind: "forecast", options: { load: readLoad(sentence, ask) } };
  const namesMetric = chosen.some((meaning) => meaning?.what === "metric");
  if (!namesMetric && says(sentence, "risk")) return { kind: "forecast", options: { risk: readRisk(sentence) } };
  for (const kind of ["forecast", "status", "anomalies", "changes", "why", "metrics"] as const)
    if (says(sentence, `kind.${kind}`)) return { kind, options: {} };
  if (!namesMetric && says(sentence, "changes.bare")) return { kind: "changes", options: {} };
  if (says(sentence, "kind.help") && !namesMetric) return { kind: "help", options: {} };
  return { kind: null, options: threadOptions(sentence, threadKind) };
}

/** A follow-up may name the numbers of the thread's kind without its word: "90% power", "to 0.6", "model v3". */
function threadOptions(sentence: Sentence, threadKind: QuestionKind | null): Options {
  if (threadKind === "power") return readPower(sentence);
  if (threadKind === "tradeoff") {
    const threshold = readThreshold(sentence);
    return threshold ? { threshold } : {};
  }
  const change = threadKind === "impact" ? readChange(sentence) : null;
  return change?.name === undefined ? {} : { change };
}

/** Whether a word of the role, or a phrase with a gap ("what does * mean"), is said. Takes the words. */
function says(sentence: Sentence, role: string): boolean {
  let said = false;
  for (let place = 0; place < sentence.length; place += 1)
    if (sentence.is(place, role)) {
      sentence.take(place, place + 1, "kind");
      said = true;
    }
  return said || saysPhrase(sentence, role);
}

function saysPhrase(sentence: Sentence, role: string): boolean {
  return sentence.index.phrases.some((phrase, number) => {
    if (phrase.role !== role) return false;
    let place = 0;
    for (let piece = 0; piece < phrase.pieces; piece += 1) {
      while (place < sentence.length && !isPiece(sentence, place, number, piece)) place += 1;
      if (place >= sentence.length) return false;
      place += 1;
    }
    return true;
  });
}
const isPiece = (sentence: Sentence, place: number, phrase: number, index: number): boolean =>
  sentence
    .at(place)
    ?.senses.some(({ meaning }) => meaning.what === "piece" && meaning.phrase === phrase && meaning.index === index) ??
  false;

/** "what is tat" (and nothing else), "difference between A and B", "define X", X是什么意思 */
function asksDefinition(sentence: Sentence, chosen: readonly (Chosen | null)[]): boolean {
  if (says(sentence, "kind.define")) return true;
  const metrics = chosen.filter((meaning) => meaning?.what === "metric").length;
  if (metrics >= 2 && sentence.has("define.difference")) return true;
  const bare = sentence.tokens.every(
    (token, place) =>
      token.mark !== undefined ||
      hasRole(token, "define.bare", "define.also") ||
      chosen[place]?.what === "metric" ||
      hasRole(token, "quantile.p50", "quantile.p90", "quantile.p95"),
  );
  return bare && metrics > 0 && sentence.has("define.bare");
}
