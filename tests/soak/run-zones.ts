import { parseArgs } from "node:util";
import { compareZone } from "../schedules/compare-zone.ts";
import { ZONES } from "../schedules/oracle.ts";

/** `npm run soak:zones [-- --from 2024 --to 2031]`: every IANA zone × half hours × every change of its clocks, against a walk by the minute. */
const { values } = parseArgs({
  options: { from: { type: "string", default: "2024" }, to: { type: "string", default: "2031" } },
});
const started = performance.now();
let [checked, wrong] = [0, 0];
for (const zone of ZONES) {
  const compared = compareZone(zone, Number(values.from), Number(values.to));
  checked += compared.checked;
  wrong += compared.wrong.length;
  for (const sentence of compared.wrong.slice(0, 3)) process.stderr.write(`${sentence}\n`);
}
process.stdout.write(
  `${JSON.stringify({ zones: ZONES.length, years: `${values.from}–${Number(values.to) - 1}`, checked, wrong, node: process.versions.node, tz: process.versions.tz, seconds: Math.round((performance.now() - started) / 1_000) })}\n`,
);
process.exitCode = wrong === 0 ? 0 : 1;
