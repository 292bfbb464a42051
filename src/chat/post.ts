import type { ChartSpec } from "../kernel/chart-spec.ts";
import type { Question } from "../kernel/question.ts";
import type { Answer, Language } from "./answer.ts";
import type { ChannelRef } from "./port.ts";
import type { Verdict } from "./verdict.ts";

/**
 * What the bot says without being asked just then: an answer that a schedule asked for, a digest's head, a finding, an alert. Plain JSON,
 * frozen with its run, so that a retry posts the same words.
 */
export type PostContent =
  /** A scheduled question's answer, with a line before it where there is something to say ("posted 40 minutes late"). */
  | { readonly type: "answer"; readonly answer: Answer; readonly preface: string | null }
  | { readonly type: "note"; readonly note: Note };

/** A message in the form that every platform can show. Plain text throughout; renderers escape and cut. */
export interface Note {
  readonly language: Language;
  readonly locale: string;
  readonly title: string;
  /** Paragraphs below the title, one line each. */
  readonly lines: readonly string[];
  /** Small print: zone, data through, lateness. */
  readonly small: readonly string[];
  readonly chart: ChartSpec | null;
  readonly buttons: readonly NoteButton[];
  /** What replies in the thread of this message are about: the Question that its thread starts from. Null = none. */
  readonly about: Question | null;
}

export interface NoteButton {
  readonly label: string;
  readonly act:
    | { readonly type: "choice"; readonly question: Question }
    | { readonly type: "verdict"; readonly finding: string; readonly verdict: Verdict };
}

/**
 * Posts to a channel without anyone asking. One `deliver` makes at most one visible message; it never throws for anything that the network
 * or the platform can cause.
 */
export interface Poster {
  /** The message of this run key, if one is there: what an earlier attempt without an answer may have left. */
  look(to: ChannelRef, runKey: string, notBefore: number): Promise<Looked>;
  /** `mayLeave` is asked right before the message leaves: false = the run is no longer ours, nothing is sent. */
  deliver(to: ChannelRef, runKey: string, content: PostContent, mayLeave: () => boolean): Promise<Outcome>;
}
export type Looked =
  | { readonly type: "found"; readonly message: string }
  | { readonly type: "absent" }
  /** The platform could not be asked: look again later. */
  | { readonly type: "unknown"; readonly cause: string };
export type Outcome =
  /** `message` anchors the thread (Slack ts, Lark message id). */
  | { readonly type: "posted"; readonly message: string }
  | { readonly type: "limited"; readonly retryAfterMs: number }
  /** `mayLeave` said no. */
  | { readonly type: "withheld" }
  /** It will not work however often it is tried: `not_in_channel`, `invalid_auth`. */
  | { readonly type: "refused"; readonly code: string }
  /** It may be there or not: time-out, reset, 5xx. */
  | { readonly type: "unknown"; readonly cause: string };
