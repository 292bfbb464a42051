import { createDecipheriv, createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";
import { err, ok, type Result } from "../../kernel/result.ts";
import { SIGNATURE_WINDOW_MS, SIGNATURES_REMEMBERED_MAX } from "./limits.ts";

/** Why a request was not believed. For the log; the sender only learns 401. */
export type Disbelief =
  | "unsigned"
  | "bad_timestamp"
  | "skewed"
  | "forged"
  | "replayed"
  | "not_encrypted"
  | "undecipherable"
  | "wrong_token"
  | "wrong_app"
  | "full";

export type Verified =
  /** Lark checks the address: answer with this challenge. */
  | { readonly type: "challenge"; readonly challenge: string }
  | { readonly type: "event"; readonly envelope: Readonly<Record<string, unknown>> };

export interface SignedRequest {
  readonly timestamp: string | undefined;
  readonly nonce: string | undefined;
  readonly signature: string | undefined;
  /** The body as it came over the wire: the signature is over bytes, not over a parsed and printed copy. */
  readonly body: Buffer;
}

/**
 * The front door of HTTP mode, in place of the SDK's (which answers 200 to a bad signature, knows no time window and signs re-printed
 * JSON): sha256 signature over raw bytes in constant time, ±300 s, no signature accepted twice, encryption required.
 */
export function createVerifier(
  keys: { readonly encryptKey: string; readonly verificationToken?: string; readonly appId: string },
  clock: Clock,
): (request: SignedRequest) => Result<Verified, Disbelief> {
  const seen = rememberedSignatures(clock);
  return (request) => {
    const signed = request.signature !== undefined || request.timestamp !== undefined || request.nonce !== undefined;
    const disbelief = signed ? checkSignature(request, keys.encryptKey, clock) : null;
    if (disbelief) return err(disbelief);
    const envelope = decipher(request.body, keys.encryptKey);
    if (!envelope.ok) return envelope;
    if (envelope.value.type === "url_verification") return challenge(envelope.value, keys.verificationToken);
    // Lark does not sign every address check; anything else without a signature is not from Lark.
    if (!signed || request.signature === undefined) return err("unsigned");
    const header = asRecord(envelope.value.header);
    if (keys.verificationToken !== undefined && !sameText(header.token, keys.verificationToken))
      return err("wrong_token");
    if (header.app_id !== keys.appId) return err("wrong_app");
    const first = seen(request.signature);
    return first === "new" ? ok({ type: "event", envelope: envelope.value }) : err(first);
  };
}

/** `hex(sha256(timestamp + nonce + encryptKey + body))`. */
function signatureOf(timestamp: string, nonce: string, encryptKey: string, body: Buffer): string {
  return createHash("sha256").update(timestamp).update(nonce).update(encryptKey).update(body).digest("hex");
}

function checkSignature(request: SignedRequest, encryptKey: string, clock: Clock): Disbelief | null {
  const { timestamp, nonce, signature, body } = request;
  if (timestamp === undefined || nonce === undefined || signature === undefined) return "unsigned";
  // Exactly ten digits: timestamp and nonce are concatenated, so a looser form would let digits move between them.
  if (!/^\d{10}$/.test(timestamp)) return "bad_timestamp";
  if (Math.abs(clock.now() - Number(timestamp) * 1_000) > SIGNATURE_WINDOW_MS) return "skewed";
  // Lower case only, so that one signature has one spelling for the memory of replays.
  if (!/^[0-9a-f]{64}$/.test(signature)) return "forged";
  const expected = Buffer.from(signatureOf(timestamp, nonce, encryptKey, body), "hex");
  return timingSafeEqual(expected, Buffer.from(signature, "hex")) ? null : "forged";
}

/** AES-256-CBC, key = sha256(encrypt key), the first 16 bytes are the IV. */
function decipher(body: Buffer, encryptKey: string): Result<Readonly<Record<string, unknown>>, Disbelief> {
  const encrypted = asRecord(parseJson(body.toString("utf8"))).encrypt;
  if (typeof encrypted !== "string") return err("not_encrypted");
  try {
    const bytes = Buffer.from(encrypted, "base64");
    const key = createHash("sha256").update(encryptKey).digest();
    const cipher = createDecipheriv("aes-256-cbc", key, bytes.subarray(0, 16));
    const text = Buffer.concat([cipher.update(bytes.subarray(16)), cipher.final()]).toString("utf8");
    const envelope = parseJson(text);
    return isRecord(envelope) ? ok(envelope) : err("undecipherable");
  } catch {
    return err("undecipherable");
  }
}

function challenge(
  envelope: Readonly<Record<string, unknown>>,
  token: string | undefined,
): Result<Verified, Disbelief> {
  if (token !== undefined && !sameText(envelope.token, token)) return err("wrong_token");
  return typeof envelope.challenge === "string"
    ? ok({ type: "challenge", challenge: envelope.challenge })
    : err("undecipherable");
}

/** Remembers accepted signatures for as long as their timestamp could still be accepted. */
function rememberedSignatures(clock: Clock): (signature: string) => "new" | "replayed" | "full" {
  // Insertion order is expiry order, because every entry lives equally long.
  const until = new Map<string, number>();
  return (signature) => {
    const now = clock.now();
    for (const [old, expiry] of until) {
      if (expiry > now) break;
      until.delete(old);
    }
    if (until.has(signature)) return "replayed";
    if (until.size >= SIGNATURES_REMEMBERED_MAX) return "full";
    until.set(signature, now + 2 * SIGNATURE_WINDOW_MS);
    return "new";
  };
}

/** Compares digests, so that neither length nor place of the first difference shows in the time taken. */
function sameText(given: unknown, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return typeof given === "string" && timingSafeEqual(digest(given), digest(expected));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const asRecord = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});
