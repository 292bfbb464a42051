import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { type JudgeAsked, judge, type ToJudge } from "../../../src/handlers/scan/judge.ts";
import { judgeAside } from "../../../src/handlers/scan/judge-aside.ts";
import { limits } from "../../../src/kernel/limits.ts";

/** Half a year of a count of a hundred or so a day; the last day is three times that. */
function spiking(id: string): ToJudge {
  const days = Array.from({ length: limits.scanHistoryDays }, (_, n) =>
    new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10),
  );
  const values = days.map((_, n) => (n === days.length - 1 ? 300 : 100 + ((n * 37) % 17)));
  const none = days.map(() => false);
  const scan = { id, parent: null, kind: "count", days, values, denominators: null, masked: none } as const;
  return { metric: id, days, masked: none, scan: { ...scan, calendar: days.map(() => null) } };
}

test("series are judged on a thread of their own, alike, while this one goes on", async () => {
  const asked: JudgeAsked = { series: Array.from({ length: 40 }, (_, n) => spiking(`m${n}`)), period: null };
  let turns = 0;
  let judging = true;
  const others = (async () => {
    while (judging) {
      await nextTurn();
      turns += 1;
    }
  })();
  const aside = await judgeAside(asked);
  judging = false;
  await others;
  expect(aside).toEqual(judge(asked));
  expect(aside.found).toHaveLength(40);
  expect(turns).toBeGreaterThan(100);
});
