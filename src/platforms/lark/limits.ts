/** Limits of Lark and of this adapter, each with its unit in its name. */

/** Lark refuses a request for a card or post above 30 KB; the content is counted as it travels, that is, escaped once more. */
export const MESSAGE_BYTES_MAX = 30 * 1024;
/** Room for msg_type, uuid and the like around the content. */
export const ENVELOPE_BYTES = 512;
export const CARD_CHARTS_MAX = 5;
export const CARD_TABLE_COLUMNS_MAX = 50;
export const TABLE_PAGE_ROWS_MAX = 10;
export const CARD_TABLE_ROWS_MAX = 200;
/** A chart whose VChart spec is larger than this travels as a picture. */
export const CHART_SPEC_BYTES_MAX = 12_000;
/** All chart specs of one card together; what does not fit travels as pictures. */
export const CHART_SPECS_BYTES_MAX = 18_000;
export const BUTTON_VALUE_BYTES_MAX = 3_000;
export const BUTTONS_MAX = 8;
export const BUTTON_LABEL_CHARS_MAX = 80;
export const TITLE_CHARS_MAX = 120;
export const CELL_CHARS_MAX = 200;

/** Inbound. */
export const BODY_BYTES_MAX = 1_000_000;
export const WORDS_CHARS_MAX = 10_000;
export const ACK_MS_MAX = 3_000;
export const IN_FLIGHT_MAX = 200;
/** A signed request is accepted this long before and after its timestamp, and never twice. */
export const SIGNATURE_WINDOW_MS = 300_000;
export const SIGNATURES_REMEMBERED_MAX = 200_000;

/** Outbound. */
export const HTTP_TIMEOUT_MS = 10_000;
export const RESPONSE_BYTES_MAX = 5_000_000;
export const POSTS_PER_SECOND_PER_CHAT = 5;
export const SEND_ATTEMPTS_MAX = 4;
export const RATE_LIMIT_WAIT_MS_MAX = 30_000;
/** Lark keeps a `uuid` for an hour and takes at most 50 characters. */
export const UUID_CHARS_MAX = 50;
/** How long a uuid is relied on; the rest of its hour is for clocks that differ. */
export const UUID_TRUSTED_MS = 50 * 60_000;
/** A chat is listed from the first attempt on, less what clocks may differ. */
export const LIST_SKEW_MS = 600_000;
export const LIST_PAGE_SIZE = 50;
export const LIST_PAGES_MAX = 100;
export const FILE_NAME_CHARS_MAX = 100;
export const STOP_WAIT_MS_MAX = 10_000;
