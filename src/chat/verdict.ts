/** What a person says of a finding. `mute` is until a moment that the handler chooses (a week) or asks for. */
export const VERDICTS = ["confirmed", "expected", "false_alarm", "mine", "mute"] as const;
export type Verdict = (typeof VERDICTS)[number];
