import { describe, expect, it } from "vitest";
import { type ScanSeries, scan } from "../../../src/insights/detect/scan.ts";
import { changed, normal, quiet, uniforms } from "./worlds.ts";

const AT = 119;
const KINDS = ["rate", "count", "amount"] as const;
const levelOf = { rate: 0.1, count: 200, amount: 45 } as const;
const world = (kind: (typeof KINDS)[number], seed: number, count = 20) => {
  const uniform = uniforms(seed);
  return Array.from({ length: count }, (_, i) => quiet(`${kind} ${i}`, kind, AT + 1, levelOf[kind], uniform));
};

describe.each(KINDS)("scan of a %s", (kind) => {
  const [first, ...rest] = world(kind, 1);
  if (!first) throw new Error("no series");
  const judge = (change: (value: number, t: number) => number, from: number, to = AT) =>
    scan([changed(first, from, to, change), ...rest], { at: AT });

  it("says nothing of a quiet world", () => expect(scan([first, ...rest], { at: AT })).toEqual([]));

  it("calls one odd day a spike of that day", () => {
    const [found, ...others] = judge((value) => Math.round(value * 1.9), AT);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ id: first.id, kind: "spike", direction: "up", from: AT, to: AT });
    expect(found?.value).toBeGreaterThan(found?.high ?? 0);
    expect(found?.expected).toBeGreaterThan(found?.low ?? 0);
    expect((found?.value ?? 0) / (found?.expected ?? 1)).toBeGreaterThan(1.5);
  });

  it("calls a week at another level a level shift and finds its first day", () => {
    const [found] = judge((value) => Math.round(value * 0.55), AT - 6);
    expect(found).toMatchObject({ id: first.id, kind: "level_shift", direction: "down" });
    expect(Math.abs((found?.from ?? 0) - (AT - 6))).toBeLessThanOrEqual(1);
  });

  it("calls a slow climb a drift", () => {
    const [found] = judge((value, t) => Math.round(value * (1 + 0.03 * (t - (AT - 24)))), AT - 24);
    expect(found).toMatchObject({ id: first.id, kind: "drift", direction: "up" });
  });

  it("calls restlessness about the same level variance", () => {
    const uniform = uniforms(5);
    const [found] = judge((value) => Math.max(1, Math.round(value * Math.exp(0.5 * normal(uniform)))), AT - 13);
    expect(found).toMatchObject({ id: first.id, kind: "variance", direction: "up" });
  });

  it("does not judge a day that was not observed, nor a masked one", () => {
    const blank = { ...first, values: first.values.with(AT, null) };
    const masked = { ...changed(first, AT, AT, (value) => value * 5), masked: first.masked.with(AT, true) };
    expect(scan([blank, ...rest], { at: AT })).toEqual([]);
    expect(scan([masked, ...rest], { at: AT })).toEqual([]);
  });

  it("lets masked days leave no trace in the baseline", () => {
    const mask = first.masked.map((_, t) => t >= 60 && t < 75);
    const judged = (series: typeof first) =>
      scan([changed(series, AT, AT, (value) => Math.round(value * 1.9)), ...rest], { at: AT });
    const wild = { ...changed(first, 60, 74, (value) => value * 9), masked: mask };
    expect(judged(wild)).toEqual(judged({ ...first, masked: mask }));
  });

  it("does not let the judged day, or what comes after it, into its own baseline", () => {
    const longer = { ...first, values: [...first.values.slice(0, 100), 1e6, 1e6] };
    const [a] = scan([changed(first, 99, 99, (v) => Math.round(v * 2)), ...rest], { at: 99 });
    const [b] = scan([changed({ ...longer }, 99, 99, (v) => Math.round(v * 2)), ...rest], { at: 99 });
    expect(a).toEqual(b);
  });
});

describe("scan", () => {
  it("calls nothing at all where something is usual silence", () => {
    const [first, ...rest] = world("count", 2);
    if (!first) throw new Error("no series");
    const [found] = scan([changed(first, AT - 1, AT, () => 0), ...rest], { at: AT });
    expect(found).toMatchObject({ kind: "silence", from: AT - 1, direction: "down", value: 0 });
  });

  it("does not change its mind about amounts when the unit changes", () => {
    const [first, ...rest] = world("amount", 3);
    if (!first) throw new Error("no series");
    const all = [changed(first, AT, AT, (value) => value * 1.8), ...rest];
    const scaled = all.map((series) => ({ ...series, values: series.values.map((value) => value && value * 1000) }));
    const [a] = scan(all, { at: AT });
    const [b] = scan(scaled, { at: AT });
    expect(b?.p).toBeCloseTo(a?.p ?? 1, 8);
    expect((b?.expected ?? 0) / (a?.expected ?? 1)).toBeCloseTo(1000, 6);
  });

  it("names the whole, not each part, where all parts move; and the part, not the whole, where one does", () => {
    const uniform = uniforms(4);
    const parts = Array.from({ length: 8 }, (_, i) => ({
      ...quiet(`part ${i}`, "rate", AT + 1, 0.1, uniform),
      parent: "whole",
    }));
    const sumOf = (own: readonly ScanSeries[]) => ({
      ...quiet("whole", "rate", AT + 1, 0.1, uniform, 16_000),
      values: (own[0]?.values ?? []).map((_, t) => own.reduce((sum, { values }) => sum + (values[t] ?? 0), 0)),
    });
    const all = parts.map((part) => ({ ...part, ...changed(part, AT, AT, (value) => Math.round(value * 1.7)) }));
    const one = parts.map((part, i) => (i === 3 ? { ...part, ...changed(part, AT, AT, (value) => value * 3) } : part));
    expect(scan([sumOf(all), ...all], { at: AT }).map(({ id }) => id)).toEqual(["whole"]);
    expect(scan([sumOf(one), ...one], { at: AT }).map(({ id }) => id)).toEqual(["part 3"]);
  });

  it("expects a holiday to be like a Sunday until it has learned better", () => {
    const [first, ...rest] = world("count", 6);
    if (!first) throw new Error("no series");
    const sundays = first.days.map((day) => new Date(day).getUTCDay() === 0);
    const week = changed(first, 0, AT, (value, t) => (sundays[t] ? Math.round(value / 3) : value));
    const holiday = changed(week, AT, AT, (value) => Math.round(value / 3));
    const labelled = { ...holiday, calendar: holiday.calendar.with(AT, "Nyepi") };
    expect(scan([holiday, ...rest], { at: AT }).map(({ id }) => id)).toEqual([first.id]);
    expect(scan([labelled, ...rest], { at: AT })).toEqual([]);
  });
});
