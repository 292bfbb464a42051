import { HTTP_TIMEOUT_MS, RESPONSE_BYTES_MAX } from "./limits.ts";

/**
 * Why a call to Lark failed. Built from status, code and the API's own words only, scrubbed of secrets: unlike the SDK's errors it
 * holds no request, so that nothing that is sent can reach a log.
 */
export class LarkError extends Error {
  readonly kind: "api" | "http" | "network" | "timeout";
  readonly status: number | null;
  readonly code: number | null;
  /** From `x-ogw-ratelimit-reset`; null without one. */
  readonly retryAfterMs: number | null;

  constructor(
    message: string,
    facts: {
      readonly kind: LarkError["kind"];
      readonly status?: number;
      readonly code?: number;
      readonly retryAfterMs?: number | null;
    },
  ) {
    super(message);
    this.name = "LarkError";
    this.kind = facts.kind;
    this.status = facts.status ?? null;
    this.code = facts.code ?? null;
    this.retryAfterMs = facts.retryAfterMs ?? null;
  }
}

interface Options {
  readonly url?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
  readonly $return_headers?: boolean;
}
type Send = <T>(url: string, options?: Options) => Promise<T>;
type SendWith = <T>(url: string, data?: unknown, options?: Options) => Promise<T>;

/** The interface that the SDK wants for its HTTP. */
export interface LarkHttp {
  request<T>(options: Options): Promise<T>;
  get: Send;
  delete: Send;
  head: Send;
  options: Send;
  post: SendWith;
  put: SendWith;
  patch: SendWith;
}

/** Removes secrets from anything that is about to be logged. */
export type Scrub = (text: string) => string;

export function scrubber(secrets: readonly (string | undefined)[]): Scrub {
  const known = secrets.filter((secret): secret is string => secret !== undefined && secret !== "");
  return (text) =>
    known
      .reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text)
      .replace(/\b[tua]-[A-Za-z0-9._-]{16,}/g, "[secret]")
      .replace(/\b(ticket|access_key)=[^&\s]+/g, "$1=[secret]");
}

/**
 * The SDK's HTTP on our terms: only the configured origin, time-out 10 s, no redirects, an answer of at most 5 MB, and
 * `code ≠ 0` is an error also under HTTP 200.
 */
export function createHttp(origin: string, scrub: Scrub, timeoutMs = HTTP_TIMEOUT_MS): LarkHttp {
  const request = async <T>(options: Options): Promise<T> => {
    const url = addressed(options, origin);
    const response = await fetched(url, options, scrub, timeoutMs);
    const body = await bodyOf(response, scrub);
    refuseFailure(url, response, body, scrub);
    return (options.$return_headers ? { data: body, headers: Object.fromEntries(response.headers) } : body) as T;
  };
  const bodyless =
    (method: string): Send =>
    (url, options) =>
      request({ ...options, url, method });
  const bodied =
    (method: string): SendWith =>
    (url, data, options) =>
      request({ ...options, url, method, data });
  return {
    request,
    get: bodyless("GET"),
    delete: bodyless("DELETE"),
    head: bodyless("HEAD"),
    options: bodyless("OPTIONS"),
    post: bodied("POST"),
    put: bodied("PUT"),
    patch: bodied("PATCH"),
  };
}

function addressed(options: Options, origin: string): URL {
  const url = new URL(options.url ?? "");
  if (url.origin !== origin) throw new LarkError("a call to a host that is not Lark's was refused", { kind: "http" });
  for (const [key, value] of Object.entries(options.params ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) url.searchParams.append(key, String(one));
    }
  }
  return url;
}

async function fetched(url: URL, options: Options, scrub: Scrub, timeoutMs: number): Promise<Response> {
  const method = (options.method ?? "GET").toUpperCase();
  const { body, contentType } = bodyFor(method, options);
  const headers = new Headers();
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (name.toLowerCase() !== "content-type" && value !== undefined) headers.set(name, String(value));
  }
  if (contentType) headers.set("content-type", contentType);
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    return await fetch(url, { method, headers, ...(body === null ? {} : { body }), redirect: "error", signal });
  } catch (error) {
    throw failedToFetch(error, scrub);
  }
}

function bodyFor(method: string, options: Options): { body: string | FormData | null; contentType: string | null } {
  if (method === "GET" || method === "HEAD" || options.data === undefined) return { body: null, contentType: null };
  const wanted = Object.entries(options.headers ?? {}).find(([name]) => name.toLowerCase() === "content-type")?.[1];
  // FormData brings its own content type with the boundary.
  if (String(wanted).startsWith("multipart/form-data")) return { body: formOf(options.data), contentType: null };
  return { body: JSON.stringify(options.data), contentType: "application/json; charset=utf-8" };
}

function formOf(data: unknown): FormData {
  const form = new FormData();
  const fields = Object.entries((data ?? {}) as Record<string, unknown>);
  const name = fields.find(([key]) => key === "file_name")?.[1];
  for (const [key, value] of fields) {
    if (value instanceof Uint8Array) form.append(key, new Blob([new Uint8Array(value)]), String(name ?? "file"));
    else if (value !== undefined) form.append(key, String(value));
  }
  return form;
}

async function bodyOf(response: Response, scrub: Scrub): Promise<unknown> {
  const text = await textOf(response, scrub);
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function textOf(response: Response, scrub: Scrub): Promise<string> {
  if (!response.body) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body) {
      bytes += chunk.byteLength;
      if (bytes > RESPONSE_BYTES_MAX) throw new LarkError("Lark's answer is larger than 5 MB", { kind: "http" });
      chunks.push(chunk);
    }
  } catch (error) {
    throw failedToFetch(error, scrub);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function failedToFetch(error: unknown, scrub: Scrub): LarkError {
  if (error instanceof LarkError) return error;
  if (error instanceof Error && error.name === "TimeoutError") {
    return new LarkError("Lark did not answer in time", { kind: "timeout" });
  }
  const cause =
    error instanceof Error ? ((error.cause as { code?: unknown } | undefined)?.code ?? error.message) : "unknown";
  return new LarkError(`Lark could not be reached: ${scrub(String(cause)).slice(0, 200)}`, { kind: "network" });
}

/** Codes with which the long-connection endpoint says "later": those must throw, so that the SDK tries again. */
const ENDPOINT_RETRY_CODES: ReadonlySet<number> = new Set([1, 1000040343]);

function refuseFailure(url: URL, response: Response, body: unknown, scrub: Scrub): void {
  const answer = (typeof body === "object" && body !== null ? body : {}) as {
    code?: unknown;
    msg?: unknown;
    data?: unknown;
  };
  const code = typeof answer.code === "number" ? answer.code : null;
  if (url.pathname === "/callback/ws/endpoint" && response.ok && code !== null && !ENDPOINT_RETRY_CODES.has(code)) {
    // The SDK tells a wrong secret (stop) from a fault (retry) by this code, and reads `data` before it looks.
    answer.data ??= {};
    refuseStrangeSocket(url, answer.data);
    return;
  }
  if (response.ok && code === 0) return;
  const said = typeof answer.msg === "string" ? `: ${scrub(answer.msg).slice(0, 300)}` : "";
  const retryAfterMs = resetMs(response.headers);
  if (code !== null && code !== 0) {
    throw new LarkError(`Lark answered code ${code}${said}`, {
      kind: "api",
      status: response.status,
      code,
      retryAfterMs,
    });
  }
  throw new LarkError(`Lark answered HTTP ${response.status}${said}`, {
    kind: "http",
    status: response.status,
    retryAfterMs,
  });
}

/** The long connection goes where this answer points: only to Lark's own domain, and encrypted whenever the API is. */
function refuseStrangeSocket(api: URL, data: unknown): void {
  const given = (data as { URL?: unknown }).URL;
  if (given === undefined) return;
  const socket = typeof given === "string" && URL.canParse(given) ? new URL(given) : null;
  const home = (url: URL): string => url.hostname.split(".").slice(-2).join(".");
  const secure = api.protocol === "https:" ? "wss:" : "ws:";
  if (socket?.protocol === secure && home(socket) === home(api)) return;
  throw new LarkError("a long connection to a host that is not Lark's was refused", { kind: "http" });
}

/** Seconds until the limit is lifted. */
function resetMs(headers: Headers): number | null {
  const seconds = Number(headers.get("x-ogw-ratelimit-reset") ?? headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}
