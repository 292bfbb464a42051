import { describe, expect, it } from "vitest";
import { breachOutlook, clearanceOutlook, hoursFor, hoursOver } from "../../../src/insights/queueing/outlook.ts";
import { NO_EXTRA, type QueueState, simulateQueue } from "../../../src/insights/queueing/simulate.ts";

const always = (value: number, steps: number): number[] => new Array(steps).fill(value);

/** Constant rates per unit of time, cut into steps of `step` units; people are never late but for the load. */
function steady(rates: {
  arrivals: number;
  servers: number;
  perServer: number;
  allowed: number;
  units: number;
  step: number;
}): QueueState {
  const steps = Math.round(rates.units / rates.step);
  return {
    open: [],
    inflow: always(rates.arrivals * rates.step, steps),
    automated: 0,
    capacity: always(rates.servers * rates.perServer * rates.step, steps),
    servers: always(rates.servers, steps),
    allowed: [{ steps: rates.allowed / rates.step, share: 1 }],
    lateness: { mean: 0, spread: 0 },
    inflowSpread: 0,
    capacitySpread: 0,
  };
}

function lateShare(queue: QueueState): number {
  const [path] = simulateQueue(queue, NO_EXTRA, { paths: 1, seed: 11, dueWithin: queue.inflow.length });
  return (path?.late ?? 0) / (path?.due ?? 1);
}

/** Chance to wait in M/M/c (Erlang C), by the recursion of Erlang B. */
function erlangC(servers: number, load: number): number {
  let blocked = 1;
  for (let c = 1; c <= servers; c++) blocked = (load * blocked) / (c + load * blocked);
  return blocked / (1 - (load / servers) * (1 - blocked));
}

describe("the simulated queue against exact results", () => {
  it("has the sojourn times of M/M/1: P(T > t) = exp(−(μ − λ)t)", () => {
    const queue = steady({ arrivals: 0.8, servers: 1, perServer: 1, allowed: 5, units: 60_000, step: 0.02 });
    expect(Math.abs(lateShare(queue) - Math.exp(-1))).toBeLessThan(0.03);
  });

  it.each([
    [4, 3.4],
    [10, 9.2],
  ])("keeps all of %i people busy at %f Erlang as often as Erlang C says", (servers, arrivals) => {
    const queue = steady({ arrivals, servers, perServer: 1, allowed: 4, units: 30_000, step: 0.02 });
    const [path] = simulateQueue(queue, NO_EXTRA, { paths: 1, seed: 11, dueWithin: 0 });
    const busy = path?.backlog.filter((open) => open >= servers).length ?? 0;
    expect(Math.abs(busy / queue.inflow.length - erlangC(servers, arrivals))).toBeLessThan(0.03);
  });
});

/** 100 open cases, none due soon; 4 come a step and 10 go. */
const draining: QueueState = {
  open: Array.from({ length: 100 }, () => ({ due: 500, lateness: 0 })),
  inflow: always(4, 200),
  automated: 0,
  capacity: always(10, 200),
  servers: always(1, 200),
  allowed: [{ steps: 400, share: 1 }],
  lateness: { mean: 0, spread: 0 },
  inflowSpread: 0.05,
  capacitySpread: 0.05,
};

describe("clearance", () => {
  it("takes backlog over net outflow: 100 / (10 − 4) steps, sooner with more people, by hand 100 / (14 − 4)", () => {
    expect(Math.abs((clearanceOutlook(draining, 0).steps?.median ?? 0) - 100 / 6)).toBeLessThan(3);
    const more = { casesPerStep: 4, servers: 1, steps: 200 };
    expect(Math.abs((clearanceOutlook(draining, 0, more).steps?.median ?? 0) - 10)).toBeLessThan(2);
  });

  it("never comes where more arrives than leaves", () => {
    const growing = { ...draining, inflow: always(12, 200) };
    expect(clearanceOutlook(growing, 0)).toMatchObject({ steps: null, clears: 0 });
  });

  it("is now where nothing is open", () => {
    expect(clearanceOutlook({ ...draining, open: [] }, 0).steps).toEqual({ median: 0, low: 0, high: 0 });
  });
});

/** Half as many reviewers as the evening's inflow needs: 20 cases a step come, due in 8 steps. */
const overloaded: QueueState = {
  open: Array.from({ length: 60 }, (_, i) => ({ due: 1 + (i % 8), lateness: 0.02 })),
  inflow: always(20, 24),
  automated: 100,
  capacity: always(14, 24),
  servers: always(3, 24),
  allowed: [{ steps: 8, share: 1 }],
  lateness: { mean: 0.02, spread: 0.3 },
  inflowSpread: 0.1,
  capacitySpread: 0.1,
};
const worth = { casesPerHour: 18, stepsPerHour: 4 };

describe("a roster that may be wrong", () => {
  const empty: QueueState = {
    ...overloaded,
    open: [{ due: 20, lateness: 0 }],
    inflow: always(0, 24),
    automated: 9,
    capacity: always(0, 24),
    servers: always(0, 24),
    lateness: { mean: 0, spread: 0 },
  };

  it("leaves a case late where nobody is on duty, but for the chance that somebody comes", () => {
    expect(breachOutlook(empty, 24, 0.95).probability).toBe(1);
    const doubted = { ...empty, doubt: { chance: 0.3, casesPerStep: 4 } };
    expect(Math.abs(breachOutlook(doubted, 24, 0.95).probability - 0.7)).toBeLessThan(0.05);
  });

  it("says nothing new where at least one person is on duty anyway", () => {
    const doubted = { ...overloaded, doubt: { chance: 1, casesPerStep: 4 } };
    expect(breachOutlook(doubted, 24, 0.95)).toEqual(breachOutlook(overloaded, 24, 0.95));
  });
});

describe("breach", () => {
  it("is likely under overload, unlikely with twice the people, and equal for equal questions", () => {
    const bare = breachOutlook(overloaded, 24, 0.95);
    expect(bare.probability).toBeGreaterThan(0.8);
    expect(breachOutlook(overloaded, 24, 0.95)).toEqual(bare);
    expect(breachOutlook(overloaded, 24, 0.95, hoursOver(12, 24, worth)).probability).toBeLessThan(0.3);
  });

  it("needs no fewer hours for a smaller chance, and says what they bring", () => {
    const half = hoursFor(overloaded, 24, 0.95, worth, 0.5);
    const tenth = hoursFor(overloaded, 24, 0.95, worth, 0.1);
    expect(half?.hours).toBeGreaterThan(0);
    expect(tenth?.hours).toBeGreaterThanOrEqual(half?.hours ?? Number.NaN);
    expect(tenth?.probability).toBeLessThanOrEqual(0.1);
  });

  it("asks for no hours where there is no need, and for none where cases are late for other reasons", () => {
    const idle = {
      ...overloaded,
      capacity: always(60, 24),
      servers: always(10, 24),
      lateness: { mean: 0.001, spread: 0.1 },
    };
    expect(hoursFor(idle, 24, 0.9, worth, 0.1)?.hours).toBe(0);
    const careless = { ...idle, lateness: { mean: 0.4, spread: 0.1 } };
    expect(hoursFor(careless, 24, 0.95, worth, 0.1)).toBeNull();
  });
});

describe("calibration", () => {
  it("says 30 % of what happens in 30 of 100 cases: a queue foretold from its own law", () => {
    // Each evening is one path of the law; its forecast knows the law and where the queue stands, not the luck.
    const bins = [0, 1, 2, 3, 4].map(() => ({ foretold: 0, happened: 0, n: 0 }));
    for (let evening = 0; evening < 100; evening++) {
      const queue = { ...overloaded, capacity: always(15 + (evening % 10), 24) };
      const { probability } = breachOutlook(queue, 24, 0.95);
      const [path] = simulateQueue(queue, NO_EXTRA, { paths: 1, seed: 5_000_000 + 104_729 * evening, dueWithin: 24 });
      const bin = bins[Math.min(4, Math.floor(5 * probability))];
      if (!bin || !path) continue;
      bin.foretold += probability;
      bin.happened += path.late / path.due > 0.05 ? 1 : 0;
      bin.n += 1;
    }
    for (const { foretold, happened, n } of bins.filter((bin) => bin.n >= 15))
      expect(Math.abs(foretold - happened) / n).toBeLessThan(0.25);
    const all = bins.reduce((sum, { foretold, happened }) => sum + foretold - happened, 0);
    expect(Math.abs(all) / 100).toBeLessThan(0.08);
  });
});
