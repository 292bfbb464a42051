import type { Receipt } from "../kernel/brand.ts";
import type { ChartSpec } from "../kernel/chart-spec.ts";
import type { Question } from "../kernel/question.ts";
import type { Answer, Language, NextStep } from "./answer.ts";
import type { Verdict } from "./verdict.ts";

/** The port that every platform speaks. An adapter verifies, receives (payload → Inbound), renders (Answer → its own form) and delivers. */

export type PlatformName = "slack" | "lark" | "console" | "terminal";

export interface ChannelRef {
  readonly platform: PlatformName;
  /** Slack team id, Lark tenant key; "local" elsewhere. */
  readonly tenant: string;
  readonly channel: string;
}
export interface ThreadRef extends ChannelRef {
  /** Root message: Slack `thread_ts`, Lark root message id, a key of the console or terminal. */
  readonly thread: string;
}
export interface Person {
  readonly id: string;
  /** IANA zone of the person's profile, if the platform tells it. */
  readonly zone?: string;
  /** Locale of the person's profile, if the platform tells it ("en-US", "zh_cn"). */
  readonly locale?: string;
}

/** What a person did, free of any platform's payload. */
export interface Inbound {
  readonly where: ChannelRef;
  /** The thread it was said in; null when it opens a new one (a slash command, a first mention). */
  readonly thread: string | null;
  readonly person: Person;
  /** Every name under which the same act may be delivered again (event id, channel + message ts, trigger id). At least one. */
  readonly deliveries: readonly string[];
  readonly act: Act;
}
export type Act =
  /** Words typed. `spokenTo` = false when the bot merely overheard them in one of its threads (answer only if they mean something). */
  | {
      readonly type: "words";
      readonly text: string;
      readonly spokenTo: boolean;
      /** Channels that the words mention, by the name in them (without #), where the platform tells their ids. */
      readonly channels?: Readonly<Record<string, string>>;
      /** Ids of the people whom the words mention, the bot left out. */
      readonly people?: readonly string[];
    }
  /** A button whose value was `choiceToken(question)`. */
  | { readonly type: "choice"; readonly question: Question }
  /** "Show SQL", "CSV" of an answer already given. */
  | { readonly type: "detail"; readonly receipt: Receipt; readonly detail: "sql" | "csv" }
  /** What a person says of a finding: a button of a note. */
  | { readonly type: "verdict"; readonly finding: string; readonly verdict: Verdict };

export type Reply =
  | { readonly type: "answer"; readonly answer: Answer }
  /** Text of the statements, or a file. */
  | {
      readonly type: "sql";
      readonly receipt: Receipt;
      readonly title: string;
      readonly statements: readonly { text: string; params: string }[];
    }
  | {
      readonly type: "csv";
      readonly receipt: Receipt;
      readonly title: string;
      readonly fileName: string;
      readonly content: string;
    }
  /** One sentence: database down, busy, receipt unknown. */
  | { readonly type: "notice"; readonly text: string; readonly language: Language }
  /** A delivery that was already handled, or overheard words that mean nothing: say nothing. */
  | { readonly type: "nothing" };

/** What the core offers to an adapter. No method rejects for anything that a person or the data can cause. */
export interface Bot {
  respond(inbound: Inbound): Promise<Reply>;
  /** Binds the thread that a posted answer opened, so that follow-ups in it continue from there. Survives a restart. */
  bind(thread: ThreadRef, receipt: Receipt): Promise<void>;
  /** True when the thread was opened by an answer of this bot. */
  knows(thread: ThreadRef): Promise<boolean>;
  /** What a form needs: metrics, dimensions, values, in the person's language. */
  form(language: Language): Promise<FormModel>;
  /** The channel's favourite questions (most asked, else good examples), for App Home, prompts and the empty page. */
  favourites(where: ChannelRef, language: Language): Promise<readonly NextStep[]>;
}

/** What a platform knows of its channels and people. No method rejects. */
export interface Directory {
  /** The channel of this name ("ops-th", in any case) or id, and whether the bot can post there. */
  channel(at: ChannelRef, name: string): Promise<FoundChannel>;
  person(at: ChannelRef, id: string): Promise<FoundPerson>;
}
export type FoundChannel =
  | { readonly type: "found"; readonly id: string; readonly name: string; readonly member: boolean }
  | { readonly type: "absent" }
  /** The platform could not be asked, or does not let the bot look. */
  | { readonly type: "unknown"; readonly cause: string };
export type FoundPerson =
  | { readonly type: "active"; readonly name: string }
  /** Left, or deactivated. */
  | { readonly type: "gone" }
  | { readonly type: "unknown" };

export interface FormModel {
  readonly metrics: readonly { readonly id: string; readonly label: string; readonly group: string }[];
  readonly dimensions: readonly {
    readonly id: string;
    readonly label: string;
    readonly values: readonly { readonly id: string; readonly label: string }[];
  }[];
  /** Words that the language understands as periods: "last 7 days", with the label in the person's language. */
  readonly periods: readonly { readonly words: string; readonly label: string }[];
}

/** Chart renderings, injected into adapters so that they need not know chart.js or VChart. */
export interface ChartPort {
  /** PNG at 2x, 1000 × 560 (taller for more than 16 bars). Rejects when too many charts wait already. */
  png(spec: ChartSpec): Promise<Uint8Array>;
  /** Slack `data_visualization` block, or null where its limits do not hold the chart. */
  slack(spec: ChartSpec): Readonly<Record<string, unknown>> | null;
  /** VChart spec for a Lark card `chart` element. */
  vchart(spec: ChartSpec): Readonly<Record<string, unknown>>;
  /** What a screen reader reads: kind, range, first, last, extremes. */
  text(spec: ChartSpec): string;
}
