import { localMidnight, namedDays } from "./calendar.ts";
import type { Cell } from "./tables.ts";
import type { Truths } from "./truths.ts";
import { DAY, MARKET } from "./world.ts";

type Row = readonly Cell[];

/** `mart.changes`: what happened on purpose or by the calendar. The incidents are not in it, but for the outage of data. */
export function changeRows(truths: Truths, start: number, now: number): Row[] {
  const zone = MARKET.SG.zone;
  const at = (days: number) => new Date(localMidnight(zone, now, days)).toISOString();
  const outage = truths.incidents.find(({ kind }) => kind === "data_outage")?.window ?? null;
  const change = truths.guidelineChange;
  const local = (day: number) => day * DAY - 8 * 3_600_000;
  const rows: Row[] = namedDays(Math.floor(start / DAY), Math.floor(now / DAY) + 1).map(
    ({ kind, title, from, to, markets }) => [
      kind,
      title,
      new Date(local(from)).toISOString(),
      new Date(local(to)).toISOString(),
      list(markets),
      null,
    ],
  );
  rows.push(
    [
      "guideline",
      `Guideline ${change.guideline}: second look before a removal`,
      change.after.from,
      null,
      list(change.treated),
      null,
    ],
    [
      "policy",
      `Stricter enforcement in ${truths.enforcementDoubling.market}`,
      truths.enforcementDoubling.after.from,
      truths.enforcementDoubling.after.to,
      list([truths.enforcementDoubling.market]),
      null,
    ],
    ["model", `Model ${modelVersions[1]?.version} released`, at(modelVersions[1]?.days ?? 0), null, null, null],
    ["model", `Model ${modelVersions[2]?.version} released`, at(modelVersions[2]?.days ?? 0), null, null, null],
    ["roster", "mnl-2 takes over the evening shift", at(130), null, "{PH}", "{seller,ip,appeals}"],
  );
  if (outage)
    rows.push(["outage", "Intake events lost by the collector, not recoverable", outage.from, outage.to, null, null]);
  return rows
    .filter((row) => Date.parse(String(row[2])) <= now)
    .sort((a, b) => (String(a[2]) < String(b[2]) ? -1 : 1))
    .map((row, i) => [i + 1, ...row]);
}

/** Days before `now` from which each model decides. */
const modelVersions = [
  { version: "m-41", days: 1_000_000 },
  { version: "m-42", days: 250 },
  { version: "m-43", days: 118 },
] as const;

export function modelVersion(now: number, at: number): string {
  const age = (now - at) / DAY;
  return (modelVersions.findLast(({ days }) => age <= days) ?? modelVersions[0]).version;
}

export function experimentRows(truths: Truths): Row[] {
  const titles: Readonly<Record<string, string>> = {
    exp_401: "Clearer removal notice",
    exp_402: "Side-by-side review layout",
    exp_403: "Coaching mail after a first removal",
  };
  return truths.experiments.map(({ id, unit, window, arms, control, primaryMetric }) => [
    id,
    titles[id] ?? id,
    unit,
    window.from,
    window.to,
    JSON.stringify(arms),
    control,
    primaryMetric,
    "{overturn,tat_p95}",
  ]);
}

const list = (values: readonly string[] | null): string | null => values && `{${values.join(",")}}`;
