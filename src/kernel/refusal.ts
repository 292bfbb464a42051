import type { Question } from "./question.ts";

/**
 * Why a question was not answered, in a form that a renderer can put into one sentence of the asker's language.
 * `code` names a message of the message catalogue, `params` fills it. Never carries a stack or a secret.
 */
export interface Refusal {
  readonly code:
    | "unknown_metric"
    | "unknown_dimension"
    | "unknown_value"
    | "dimension_not_of_metric"
    | "too_many_dimensions"
    | "too_many_rows"
    | "period_too_long"
    | "grain_not_of_metric"
    | "option_not_of_metric"
    | "database_down"
    | "busy"
    | "timeout"
    | "unknown_receipt"
    | "not_available"
    | "event_incomplete"
    | "no_staffing"
    | "risk_short"
    | "risk_horizon"
    | "risk_few"
    | "not_scanned"
    | "forecast_short"
    | "forecast_too_far"
    | "forecast_one_split"
    | "fault";
  readonly params: Readonly<Record<string, string | number>>;
  /** Complete Questions that would have been answered; become buttons. */
  readonly instead?: readonly Question[];
  /** For the log only. */
  readonly cause?: unknown;
}
