import type { Lexicon } from "../catalog/catalog.ts";
import { limits } from "../kernel/limits.ts";
import { bare } from "./normalise.ts";

/** What a message wants done with schedules and watches that are there. */
export interface Managing {
  readonly verb: ManagingVerb;
  /** `watch` where only watches are meant, `schedule` where only schedules are; null = either. */
  readonly noun: "schedule" | "watch" | null;
  readonly id: string | null;
  /** "here", "in this channel": the channel's; else the asker's own. */
  readonly here: boolean;
}
export const MANAGING_VERBS = ["list", "pause", "resume", "stop", "hand_over", "take_over"] as const;
export type ManagingVerb = (typeof MANAGING_VERBS)[number];

/** `skip`: nothing is sent on such days; `mask`: what is sent says which day it is. */
export type OffDayWish = "skip" | "mask";

/** How a new schedule or watch is to behave, where the words say so; null = not said. */
export interface Clauses {
  readonly weekends: OffDayWish | null;
  readonly holidays: OffDayWish | null;
  /** Channel that hears of it when nobody reacts, as typed. */
  readonly escalateTo: string | null;
  /** Minutes of the day between which nothing is sent; `from` may be later than `to`. */
  readonly quiet: { readonly from: number; readonly to: number } | "never" | null;
  readonly coolDownMinutes: number | null;
  /** Fewer cases than this say nothing. */
  readonly volumeMin: number | null;
}
export const noClauses: Clauses = {
  weekends: null,
  holidays: null,
  escalateTo: null,
  quiet: null,
  coolDownMinutes: null,
  volumeMin: null,
};

export interface ManagingReader {
  /** Cuts the clauses out of a message. Without any, `rest` is the message as it was. */
  clauses(text: string): { readonly rest: string; readonly clauses: Clauses };
  /** Null when the message is about no schedule or watch that is there. */
  managing(text: string, namesMetric: boolean): Managing | null;
  /** "save", "yes", "cancel", "level 9%" after a card that waits for it; null for all other words. */
  answer(text: string): CardAnswer | null;
}
export type CardAnswer =
  | { readonly verb: "save" | "discard" }
  | { readonly verb: "level"; readonly value: number; readonly unit: "%" | null };

/** Reads words about schedules and watches by phrases alone: they stand apart from the grammar of questions and cannot change its readings. */
export function createManagingReader(lexicon: Lexicon): ManagingReader {
  const says = new Map(
    [...lexicon.managing.keys()].map((role) => [role, patternOf(phrasesOf(lexicon.managing, role))]),
  );
  const said = (role: string, text: string): boolean => says.get(role)?.test(text) ?? false;
  const cutters = cuttersOf(lexicon);
  const levelWords = new RegExp(
    `^(?:${alternatives(phrasesOf(lexicon.managing, "level"))})\\s*[>:=]?\\s*${NUMBER}\\s*(?<percent>%)?$`,
    "u",
  );
  return {
    clauses(text) {
      let rest = plain(text);
      let clauses = noClauses;
      for (const { pattern, read } of cutters) {
        const match = pattern.exec(bare(rest.toLowerCase()));
        const told = match && read(match.groups ?? {}, rest.slice(match.index, match.index + match[0].length));
        if (!match || !told) continue;
        clauses = { ...clauses, ...told };
        rest = `${rest.slice(0, match.index)} ${rest.slice(match.index + match[0].length)}`.trim();
      }
      return clauses === noClauses ? { rest: text, clauses } : { rest, clauses };
    },
    answer(text) {
      const words = bare(plain(text).toLowerCase())
        .replace(/[.!。！]/gu, "")
        .trim();
      if (says.get("save")?.exec(words)?.[0] === words) return { verb: "save" };
      if (says.get("discard")?.exec(words)?.[0] === words) return { verb: "discard" };
      const level = levelWords.exec(words);
      const value = Number(level?.groups?.number?.replace(",", "."));
      return level && Number.isFinite(value)
        ? { verb: "level", value, unit: level.groups?.percent ? "%" : null }
        : null;
    },
    managing(text, namesMetric) {
      const words = bare(plain(text).toLowerCase());
      const id = /(?<![\p{L}\p{N}])s-[0-9a-f]{10}(?![\p{L}\p{N}])/u.exec(words)?.[0] ?? null;
      const watch = said("noun.watch", words);
      const schedule = said("noun.schedule", words);
      if (id === null && !watch && !schedule) return null;
      const here = said("here", words);
      const verb = MANAGING_VERBS.slice(1).find((role) => said(role, words));
      const lists =
        said("mine", words) || here || (said("list", words) && !namesMetric) || words.trim().split(/\s+/u).length === 1;
      if (verb === undefined && id === null && !lists) return null;
      return { verb: verb ?? "list", noun: watch === schedule ? null : watch ? "watch" : "schedule", id, here };
    },
  };
}

interface Cutter {
  readonly pattern: RegExp;
  /** What the clause says; null when its number makes no sense and the words are left where they are. */
  read(groups: Readonly<Record<string, string | undefined>>, matched: string): Partial<Clauses> | null;
}

const CHANNEL = "(?<channel>#[^\\s,;，、]+|<#[^<>]+>)";
const NUMBER = "(?<number>\\d+(?:[.,]\\d+)?)";

function cuttersOf(lexicon: Lexicon): Cutter[] {
  const units = [60, 1440, 1].map((minutes, index) => ({
    minutes,
    pattern: new RegExp(
      `^(?:${alternatives(phrasesOf(lexicon.roles, ["unit.hour", "unit.day", "unit.minute"][index] ?? ""))})$`,
      "u",
    ),
  }));
  const unit = `(?<unit>${alternatives(["unit.hour", "unit.day", "unit.minute"].flatMap((role) => phrasesOf(lexicon.roles, role)))})`;
  const until = alternatives([...phrasesOf(lexicon.roles, "to"), ...phrasesOf(lexicon.roles, "and")]);
  const clock = (name: string): string => `(?<${name}h>\\d{1,2})(?::(?<${name}m>\\d{2}))?\\s*(?<${name}x>am|pm)?`;
  const cutter = (role: string, argument: string, read: Cutter["read"]): Cutter => ({
    pattern: patternOf(phrasesOf(lexicon.managing, role), argument),
    read,
  });
  return [
    cutter("skip.weekends", "", () => ({ weekends: "skip" })),
    cutter("skip.holidays", "", () => ({ holidays: "skip" })),
    cutter("mark.weekends", "", () => ({ weekends: "mask" })),
    cutter("mark.holidays", "", () => ({ holidays: "mask" })),
    cutter("escalate", CHANNEL, (_, matched) => ({
      escalateTo: /#[^\s<>,;，、]+(?:\|[^<>]+)?/u.exec(matched)?.[0] ?? null,
    })),
    cutter("quiet.none", "", () => ({ quiet: "never" })),
    cutter(
      "quiet",
      `(?:${alternatives(phrasesOf(lexicon.roles, "from"))})?\\s*${clock("a")}\\s*(?:-|–|${until})\\s*${clock("b")}`,
      (groups) => {
        const [from, to] = [minuteOf(groups, "a"), minuteOf(groups, "b")];
        return from === null || to === null || from === to ? null : { quiet: { from, to } };
      },
    ),
    cutter("cool_down", `(?:${NUMBER}\\s*)?${unit}`, ({ number, unit: name = "" }) => {
      const minutes = units.find(({ pattern }) => pattern.test(name))?.minutes ?? 60;
      return { coolDownMinutes: Math.max(1, Math.round(Number((number ?? "1").replace(",", ".")) * minutes)) };
    }),
    cutter("volume", NUMBER, ({ number = "0" }) => ({ volumeMin: Math.max(1, Math.round(Number(number))) })),
  ];
}

function minuteOf(groups: Readonly<Record<string, string | undefined>>, name: string): number | null {
  const half = groups[`${name}x`];
  const hour = (Number(groups[`${name}h`]) % (half ? 12 : 24)) + (half === "pm" ? 12 : 0);
  const minute = Number(groups[`${name}m`] ?? "0");
  return hour < 24 && minute < 60 ? hour * 60 + minute : null;
}

/** The same length as what is shown, so that places agree: NFKC, one kind of space. */
const plain = (text: string): string =>
  text.slice(0, limits.textCharsMax).normalize("NFKC").slice(0, limits.textCharsMax).replace(/\s/gu, " ");

const phrasesOf = (words: Lexicon["roles"], role: string): string[] =>
  Object.values(words.get(role) ?? {})
    .flat()
    .map((phrase) => bare(phrase.normalize("NFKC").toLowerCase()));

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
/** Longest first. */
const alternatives = (phrases: readonly string[]): string =>
  [...new Set(phrases)]
    .sort((a, b) => b.length - a.length)
    .map(escaped)
    .join("|");

/** Words of scripts with spaces stand alone; `*` is the argument. */
function patternOf(phrases: readonly string[], argument = ""): RegExp {
  const each = [...new Set(phrases)]
    .sort((a, b) => b.length - a.length)
    .map((phrase) => {
      const spaced = /^[ -~]+$/.test(phrase.replaceAll("*", ""));
      const body = phrase
        .split("*")
        .map((part) => escaped(part).replace(/ +/g, "\\s+"))
        .join(argument);
      return spaced ? `(?<![\\p{L}\\p{N}])${body}(?![\\p{L}\\p{N}])` : body;
    });
  // Named groups may stand once only, so that phrases with an argument share it where they end in it.
  return argument === "" ? new RegExp(each.join("|") || "(?!)", "u") : sharing(phrases, argument);
}

function sharing(phrases: readonly string[], argument: string): RegExp {
  const heads = phrases.map((phrase) => (phrase.split("*")[0] ?? "").trim());
  const tails = phrases.flatMap((phrase) => (phrase.split("*")[1]?.trim() ? [phrase.split("*")[1]?.trim() ?? ""] : []));
  const tail = tails.length > 0 ? `(?:\\s*(?:${alternatives(tails)}))?` : "";
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives(heads)})\\s*${argument}${tail}(?![\\p{L}\\p{N}])`, "u");
}
