import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { createVerifier, type SignedRequest } from "../../../src/platforms/lark/verify.ts";
import { signedRequest } from "../../support/lark-stub.ts";

const NOW = "2026-03-17T03:00:00Z";
const nowMs = Date.parse(NOW);
const keys = { encryptKey: "key-of-the-test", verificationToken: "token-of-the-test", appId: "cli_a1b2c3d4e5f60718" };
const envelope = {
  schema: "2.0",
  header: { token: keys.verificationToken, app_id: keys.appId, event_type: "x" },
  event: { words: "tỷ lệ lật 推翻率 อัตรา 🙂" },
};

const asRequest = (made: { body: Buffer; headers: Record<string, string> }): SignedRequest => ({
  body: made.body,
  timestamp: made.headers["x-lark-request-timestamp"],
  nonce: made.headers["x-lark-request-nonce"],
  signature: made.headers["x-lark-signature"],
});
const genuine = (at = nowMs): SignedRequest => asRequest(signedRequest(keys.encryptKey, envelope, { nowMs: at }));
const verifier = () => createVerifier(keys, fixedClock(NOW));
const verdict = (request: SignedRequest): string => {
  const result = verifier()(request);
  return result.ok ? result.value.type : result.error;
};

describe("the front door of Lark over HTTP", () => {
  it("lets a genuine request in, with every letter of every script whole", () => {
    const result = verifier()(genuine());
    expect(result).toEqual({ ok: true, value: { type: "event", envelope } });
  });

  it("computes the published signature: sha256 over timestamp, nonce, key and body", () => {
    const request = genuine();
    const published = createHash("sha256")
      .update(`${request.timestamp}${request.nonce}${keys.encryptKey}${request.body.toString("utf8")}`)
      .digest("hex");
    expect(request.signature).toBe(published);
    expect(verdict(request)).toBe("event");
  });

  it("accepts none of 1,000 forged requests", () => {
    const check = verifier();
    let accepted = 0;
    for (let index = 0; index < 1_000; index += 1) if (check(forged(index)).ok) accepted += 1;
    expect(accepted).toBe(0);
    expect(check(genuine()).ok).toBe(true);
  });

  it("does not accept the same request twice", () => {
    const check = verifier();
    const request = genuine();
    expect(check(request).ok).toBe(true);
    expect(check(request)).toEqual({ ok: false, error: "replayed" });
  });

  it("does not accept a request from more than five minutes ago or ahead", () => {
    expect(verdict(genuine(nowMs - 301_000))).toBe("skewed");
    expect(verdict(genuine(nowMs + 302_000))).toBe("skewed");
    expect(verdict(genuine(nowMs - 299_000))).toBe("event");
    expect(verdict(genuine(nowMs + 299_000))).toBe("event");
  });

  it("does not let digits move between timestamp and nonce, which hash to the same", () => {
    const request = genuine();
    const moved = {
      ...request,
      timestamp: (request.timestamp ?? "").slice(0, 9),
      nonce: `${(request.timestamp ?? "").slice(9)}${request.nonce}`,
    };
    expect(verdict(moved)).toBe("bad_timestamp");
  });

  it("does not take the second spelling of a signature for a second request", () => {
    const request = genuine();
    expect(verdict({ ...request, signature: request.signature?.toUpperCase() })).toBe("forged");
  });

  it("does not accept an unencrypted, unsigned, foreign or wrongly tokened event", () => {
    const plain = Buffer.from(JSON.stringify(envelope));
    const timestamp = String(nowMs / 1_000);
    const signature = createHash("sha256").update(`${timestamp}n${keys.encryptKey}${plain.toString()}`).digest("hex");
    expect(verdict({ body: plain, timestamp, nonce: "n", signature })).toBe("not_encrypted");
    expect(verdict({ body: genuine().body, timestamp: undefined, nonce: undefined, signature: undefined })).toBe(
      "unsigned",
    );
    const signed = (changed: unknown) => asRequest(signedRequest(keys.encryptKey, changed, { nowMs }));
    expect(verdict(signed({ ...envelope, header: { ...envelope.header, app_id: "cli_0000000000000000" } }))).toBe(
      "wrong_app",
    );
    expect(verdict(signed({ ...envelope, header: { ...envelope.header, token: "guess" } }))).toBe("wrong_token");
  });

  it("answers the address check, signed or not, but only under the right key and token", () => {
    const check = { type: "url_verification", challenge: "ajls384k", token: keys.verificationToken };
    const made = asRequest(signedRequest(keys.encryptKey, check, { nowMs }));
    expect(verdict(made)).toBe("challenge");
    const unsigned = { body: made.body, timestamp: undefined, nonce: undefined, signature: undefined };
    expect(verdict(unsigned)).toBe("challenge");
    const strange = signedRequest("another key", check, { nowMs });
    expect(["undecipherable", "not_encrypted"]).toContain(verdict({ ...unsigned, body: strange.body }));
    const guessed = signedRequest(keys.encryptKey, { ...check, token: "guess" }, { nowMs });
    expect(verdict({ ...unsigned, body: guessed.body })).toBe("wrong_token");
  });
});

/** Ten ways to forge, each made of a fresh genuine request. */
function forged(index: number): SignedRequest {
  const request = genuine();
  const random = randomBytes(32).toString("hex");
  switch (index % 10) {
    case 0:
      return { ...request, signature: random };
    case 1:
      return { ...request, body: Buffer.concat([request.body, Buffer.from(" ")]) };
    case 2:
      return { ...request, nonce: `${request.nonce}0` };
    case 3:
      return { ...request, timestamp: String(nowMs / 1_000 + 1 + (index % 200)) };
    case 4:
      return { ...request, signature: request.signature?.slice(0, 63) };
    case 5:
      return { ...request, signature: "" };
    case 6:
      return { ...request, nonce: undefined };
    case 7:
      return asRequest(signedRequest(`key-${random}`, envelope, { nowMs }));
    case 8:
      return { ...request, signature: `${request.signature}00` };
    default: {
      const body = Buffer.from(request.body);
      const at = 12 + (index % (body.length - 20));
      body.writeUInt8(body.readUInt8(at) ^ 1, at);
      return { ...request, body };
    }
  }
}
