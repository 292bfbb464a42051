import { describe, expect, it } from "vitest";
import { slackChart, slackLimits } from "../../src/charts/slack.ts";
import type { BarSpec, LineSpec } from "../../src/kernel/chart-spec.ts";
import { gallery } from "../gallery/specs.ts";

const bars = gallery["bar-markets"] as BarSpec;
const lines = gallery["line-hours-of-day"] as LineSpec;

describe("Slack's own chart", () => {
  it("holds a bar chart with its comparison, percent as 0–100", () => {
    const block = slackChart(bars);
    expect(block).toMatchObject({
      type: "data_visualization",
      title: bars.title,
      chart: {
        type: "bar",
        axis_config: { categories: ["VN", "TH", "PH", "MY", "SG", "ID"], y_label: "%" },
        series: [
          { name: "3–16 Mar", data: expect.arrayContaining([{ label: "VN", value: 9 }]) },
          { name: "17 Feb–2 Mar", data: expect.arrayContaining([{ label: "VN", value: 7.1 }]) },
        ],
      },
    });
  });

  it("holds a line chart of twenty buckets, the comparison by place", () => {
    const short = { ...lines, series: lines.series.map((each) => ({ ...each, points: each.points.slice(0, 20) })) };
    const block = slackChart(short);
    expect(block?.chart.series.map((each) => each.data.length)).toEqual([20, 20]);
    expect(block?.chart.series[1]?.data[0]?.label).toBe("00:00");
  });

  it.each<[string, LineSpec | BarSpec]>([
    ["twenty-one categories", lines],
    ["a gap", { ...bars, items: [...bars.items, { label: "KH", value: null }] }],
    ["a name longer than twenty characters", { ...bars, items: [{ label: "x".repeat(21), value: 1 }] }],
    ["two equal names", { ...bars, items: [bars.items[0] ?? { label: "VN", value: 1 }, { label: "VN", value: 2 }] }],
    ["no bar at all", { ...bars, items: [] }],
    [
      "thirteen series",
      {
        ...lines,
        series: Array.from({ length: 13 }, (_, index) => ({
          name: `s${index}`,
          role: "main",
          points: [{ x: "1", label: "1", y: 1 }],
        })),
      },
    ],
    [
      "a band",
      { ...lines, series: [{ name: "a", role: "main", points: [{ x: "1", label: "1", y: 2, low: 1, high: 3 }] }] },
    ],
    [
      "a mark",
      {
        ...lines,
        series: [{ name: "a", role: "main", points: [{ x: "1", label: "1", y: 2 }] }],
        marks: [{ x: "1", label: "m" }],
      },
    ],
  ])("leaves %s to the picture", (_, spec) => {
    expect(slackChart(spec)).toBeNull();
  });

  it("never breaks a limit on any chart of the gallery", () => {
    const blocks = Object.values(gallery).flatMap((spec) => slackChart(spec) ?? []);
    expect(blocks.length).toBeGreaterThan(3);
    for (const { title, chart } of blocks) {
      const { categories } = chart.axis_config;
      expect(title.length).toBeLessThanOrEqual(slackLimits.titleCharsMax);
      expect(categories.length).toBeLessThanOrEqual(slackLimits.categoriesMax);
      for (const series of chart.series) {
        expect(series.data.map((point) => point.label)).toEqual(categories);
        expect(series.data.every((point) => Number.isFinite(point.value))).toBe(true);
      }
      expect(
        [...categories, ...chart.series.map((series) => series.name)].every(
          (name) => name.length <= slackLimits.nameCharsMax,
        ),
      ).toBe(true);
    }
  });
});
