import { describe, expect, it } from "vitest";
import { formatDifference, formatTick, formatValue } from "../../src/charts/numbers.ts";
import { chartText } from "../../src/charts/text.ts";
import { gallery } from "../gallery/specs.ts";

const textOf = (name: string): string => {
  const spec = gallery[name];
  if (!spec) throw new Error(name);
  return chartText(spec).replaceAll("\u00a0", " ");
};

describe("the text of a chart", () => {
  it("tells kind, finding, subject and each bar with its comparison", () => {
    expect(textOf("bar-markets")).toBe(
      "Bar chart: Overturn rate is highest in VN, lowest in ID. " +
        "Overturn rate · 3–16 Mar 2026 · market-local days. " +
        "VN 9.0 % against 7.1 %. TH 8.3 % against 8.5 %. PH 6.1 % against 6.6 %. " +
        "MY 5.8 % against 5.0 %, not final. SG 5.1 % against 4.9 %. ID 4.4 % against 4.6 %. " +
        "Whiskers: 95 % interval. Pale: not final.",
    );
  });

  it("tells where a line starts, ends, is lowest and highest, in the language of the spec", () => {
    expect(textOf("line-hours-zh")).toMatch(
      /^折线图: 审核时长.*越南 Việt Nam：从 .*（11月3日）到 .*未定稿（11月16日）; 最低 /,
    );
  });

  it("tells the extremes of a heat map and that nothing is known where nothing is", () => {
    expect(textOf("heat-week")).toContain("lowest 3.0 h (Mon 00), highest 23.4 h (Sun 20)");
    expect(textOf("line-all-null")).toContain("MY: No data.");
    expect(textOf("bar-null")).toContain("Không có dữ liệu.");
  });
});

describe("the text of a waterfall", () => {
  it("tells both ends and each step with its sign", () => {
    expect(textOf("waterfall-rate")).toContain(
      "2–13 Feb 5.1 %. live +0.83 pp. product +0.41 pp. video +0.060 pp, within noise. review −0.040 pp, within noise. ip −0.16 pp. 16–27 Feb 6.2 %.",
    );
  });
  it("writes the differences of a heat map with their sign", () => {
    expect(textOf("heat-effects")).toContain("lowest −0.11 pp (ip ID), highest +0.62 pp (live ID)");
  });
});

describe("numbers on a chart", () => {
  it.each([
    [0.061, "percent", "en-GB", "6.1 %"],
    [0.0042, "percent", "en-GB", "0.42 %"],
    [1234567, "count", "de-DE", "1.234.567"],
    [43.21, "hours", "vi-VN", "43,2 h"],
    [0.0423, "usd", "en-GB", "$0.0423"],
    [-12.5, "usd", "en-GB", "-$12.50"],
    [null, "count", "en-GB", "–"],
  ] as const)("%s %s in %s is %s", (value, unit, locale, text) => {
    expect(formatValue(value, unit, locale).replaceAll("\u00a0", " ")).toBe(text);
  });

  it("are not torn from their unit at the end of a line", () => {
    expect(formatValue(0.061, "percent", "en-GB")).toBe("6.1\u00a0%");
  });

  it.each([
    [0.012, "percent", 0.012, "+1.2 pp"],
    [-43.2, "hours", 50, "−43.2 h"],
    [-0.0003, "hours", 2, "±0.0 h"],
    [-1101, "count", 1101, "−1,101"],
  ] as const)("the difference %s %s beside %s is %s", (value, unit, reach, text) => {
    expect(formatDifference(value, unit, "en-GB", reach).replaceAll("\u00a0", " ")).toBe(text);
  });

  it("ticks have the decimals of their step and shorten large counts", () => {
    expect(formatTick(0.025, 0.005, "percent", "en-GB").replaceAll("\u00a0", " ")).toBe("2.5 %");
    expect(formatTick(1_200_000, 200_000, "count", "en-GB")).toBe("1.2M");
    expect(formatTick(1_200_000, 200_000, "count", "zh-CN")).toBe("120万");
  });
});
