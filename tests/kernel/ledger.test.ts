import { describe, expect, it } from "vitest";
import { type LedgerEntry, ledgerMask, maskedAt } from "../../src/kernel/ledger.ts";

const DAY = 86_400_000;
const now = Date.parse("2026-03-17T02:05Z");
const entry = (more: Partial<LedgerEntry>): LedgerEntry => ({
  kind: "campaign",
  title: "3.3 sale",
  startsAt: "2026-03-02T16:00:00.000Z",
  endsAt: "2026-03-03T16:00:00.000Z",
  markets: null,
  queues: null,
  ...more,
});
const all = { markets: [], queues: [] };

describe("days that a baseline leaves out", () => {
  it("masks campaigns and holidays that hold for the whole series, and not those of a part of it", () => {
    const feast = entry({ kind: "holiday", markets: ["ID", "MY"] });
    expect(ledgerMask([feast], all, now)).toEqual([]);
    expect(ledgerMask([feast], { markets: ["ID"], queues: ["live"] }, now)).toHaveLength(1);
    expect(ledgerMask([feast], { markets: ["ID", "TH"], queues: [] }, now)).toEqual([]);
    expect(ledgerMask([entry({})], all, now)).toHaveLength(1);
  });

  it("masks an outage of data wherever it touches the series, until now if it has no end", () => {
    const outage = entry({ kind: "outage", markets: ["VN"], endsAt: null });
    expect(ledgerMask([outage], all, now)[0]?.toMs).toBe(now);
    expect(ledgerMask([outage], { markets: ["TH"], queues: [] }, now)).toEqual([]);
  });

  it("masks nothing for changes that stay, nor for what lasts longer than six weeks", () => {
    const guideline = entry({ kind: "guideline", endsAt: null });
    const long = entry({ endsAt: "2026-05-30T16:00:00.000Z" });
    expect(ledgerMask([guideline, long], all, now)).toEqual([]);
  });

  it("finds the entry of a bucket by any overlap, ends excluded", () => {
    const mask = ledgerMask([entry({})], all, now);
    const start = Date.parse("2026-03-02T16:00Z");
    expect(maskedAt(mask, start - DAY, start)).toBeNull();
    expect(maskedAt(mask, start - DAY, start + 1)?.entry.title).toBe("3.3 sale");
    expect(maskedAt(mask, start + DAY, start + 2 * DAY)).toBeNull();
  });
});
