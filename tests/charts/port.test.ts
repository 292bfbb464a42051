import { expect, it } from "vitest";
import { createChartPort } from "../../src/charts/port.ts";
import type { ChartPort } from "../../src/chat/port.ts";
import { gallery } from "../gallery/specs.ts";

it("every chart has a picture and a text; the platforms' own forms where they hold it", async () => {
  const port: ChartPort = createChartPort();
  const spec = gallery["bar-one"];
  if (!spec) throw new Error("bar-one");
  expect((await port.png(spec)).length).toBeGreaterThan(1000);
  expect(port.text(spec)).toContain("Livestream 1,284");
  expect(port.slack(spec)).toMatchObject({ type: "data_visualization" });
  expect(port.vchart(spec)).toMatchObject({ type: "bar" });
});
