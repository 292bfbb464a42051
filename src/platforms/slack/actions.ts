/** First part of a button's `action_id`; the rest makes it unique within a message. */
export const ACTIONS = { ask: "ask", sql: "sql", csv: "csv", form: "form", verdict: "verdict" } as const;
/** `callback_id` of the modal and of the global shortcut that opens it. */
export const FORM_CALLBACK = "modstats_form";
export const COMMAND = "/modstats";
