import { describe, expect, it } from "vitest";
import { offDayOf } from "../../src/schedules/off-days.ts";

const on = (day: string, country: string | null) => offDayOf(day, { country, ledger: [] }, "en");

describe("days that nobody works", () => {
  it.each([
    ["2026-08-17", "ID", "holiday"],
    ["2026-09-02", "VN", "holiday"],
    ["2026-04-13", "TH", "holiday"],
    ["2026-08-31", "MY", "holiday"],
    ["2026-06-12", "PH", "holiday"],
    ["2026-08-09", "SG", "holiday"],
    ["2026-12-25", "SG", "holiday"],
    ["2026-03-18", "SG", undefined],
    ["2026-03-21", "VN", "weekend"],
  ])("%s in %s: %s", (day, country, kind) => {
    expect(on(day, country)?.kind).toBe(kind);
  });
  it("Friday is the weekend where it is, and Sunday is not", () => {
    expect(on("2026-06-05", "EG")?.kind).toBe("weekend");
    expect(on("2026-06-07", "EG")).toBeNull();
  });
  it("without a country Saturday and Sunday are off, and no day is a holiday", () => {
    expect(on("2026-03-21", null)).toEqual({ kind: "weekend", name: "Saturday" });
    expect(on("2026-12-25", null)).toBeNull();
  });
  it("a holiday of the change ledger counts, its last day is the one before its end", () => {
    const ledger = [{ title: "Lunar New Year", from: "2026-02-16", to: "2026-02-19" }];
    expect(offDayOf("2026-02-18", { country: null, ledger }, "en")).toEqual({
      kind: "holiday",
      name: "Lunar New Year",
    });
    expect(offDayOf("2026-02-19", { country: null, ledger }, "en")).toBeNull();
  });
  it("a holiday of several days lasts that long", () => {
    expect(["2026-04-13", "2026-04-14", "2026-04-15"].map((day) => on(day, "TH")?.kind)).toEqual([
      "holiday",
      "holiday",
      "holiday",
    ]);
  });
});
