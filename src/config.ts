import { z } from "zod";
import { LANGUAGES } from "./chat/answer.ts";

/** The only reader of the environment. Secrets print as "[secret]" wherever they go. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return "[secret]";
  }
  toJSON(): string {
    return "[secret]";
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}

const text = z.string().trim();
/** An empty entry is an absent one: `.env.example` copied as it is must work. */
const optional = text.optional().transform((value) => value || undefined);
const secret = optional.transform((value) => (value === undefined ? undefined : new Secret(value)));
const port = (fallback: number) =>
  z.preprocess(
    (value) => value || fallback,
    z.coerce.number({ error: "wants a port number, 0 to 65535" }).int().min(0).max(65_535),
  );
const or = (fallback: string) => optional.transform((value) => value ?? fallback);
const list = or("").transform((value) =>
  value
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean),
);

const zone = or("Asia/Singapore").refine(isZone, { message: "is no IANA time zone; write e.g. Asia/Jakarta" });

/** Every variable, by the name it has in the environment. */
export const environmentSchema = z.object({
  DATABASE_URL: secret,
  CLICKHOUSE_URL: secret,
  CLICKHOUSE_WRITER_URL: secret,
  MODSTATS_SOURCE_URL: secret,
  MODSTATS_DATA_DIR: or(".modstats"),
  MODSTATS_CATALOG_DIRS: list,
  MODSTATS_STATEMENT_TIMEOUT_MS: z.preprocess(
    (value) => value || 3000,
    z.coerce.number({ error: "wants milliseconds, 10 to 600000" }).int().min(10).max(600_000),
  ),
  MODSTATS_ZONE: zone,
  MODSTATS_LANGUAGE: or("en").pipe(z.enum(LANGUAGES)),
  MODSTATS_SELLER_ID_PEOPLE: list,
  MODSTATS_SELLER_ID_PLACES: list,
  MODSTATS_LOG_LEVEL: or("warn").pipe(z.enum(["trace", "debug", "info", "warn", "error", "silent"])),
  MODSTATS_CONSOLE_PORT: port(3030),
  SLACK_BOT_TOKEN: secret,
  SLACK_APP_TOKEN: secret,
  SLACK_SIGNING_SECRET: secret,
  SLACK_PORT: port(3001),
  SLACK_API_URL: optional,
  LARK_APP_ID: optional,
  LARK_APP_SECRET: secret,
  LARK_MODE: or("ws").pipe(z.enum(["ws", "http"])),
  LARK_ENCRYPT_KEY: secret,
  LARK_VERIFICATION_TOKEN: secret,
  LARK_PORT: port(3002),
  LARK_DOMAIN: or("https://open.larksuite.com"),
});

export type Config = Readonly<z.infer<typeof environmentSchema>>;

/** Reads the environment. Throws with one line per wrong variable, naming it and what to write. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed = environmentSchema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new ConfigError(`The configuration is wrong (see .env.example):\n${lines.join("\n")}`);
}

export class ConfigError extends Error {}

function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}
