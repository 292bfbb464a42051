import { Command } from "commander";
import { LANGUAGES, type Language } from "../chat/answer.ts";
import { localeFor } from "../chat/format.ts";
import { sayIn } from "../chat/messages.ts";
import { readConfig } from "../config.ts";
import { checkData } from "../handlers/checks/run.ts";
import { sayFinding } from "../handlers/checks/say.ts";
import { openHouse } from "../main.ts";
import { UsageError } from "./fail.ts";
import { clockOf, zoneOf } from "./moment.ts";

interface CheckOptions {
  readonly now?: string;
  readonly tz?: string;
  readonly lang?: string;
  readonly json?: boolean;
}

/** `check`: the data-quality report; its results are kept and are metrics themselves. */
export function checkCommand(): Command {
  return new Command("check")
    .description("checks the data: freshness, volume, empty fields, keys, references, schema and mix")
    .option("--now <iso>", "the moment that counts as now, with its zone")
    .option("--tz <zone>", "the IANA time zone in which times are said")
    .option("--lang <code>", "en, zh, id, vi or th")
    .option("--json", "prints JSON")
    .action(check);
}

async function check(options: CheckOptions): Promise<void> {
  const clock = clockOf(options.now);
  const config = readConfig(process.env);
  const zone = zoneOf(options.tz, config.MODSTATS_ZONE);
  const language = languageOf(options.lang, config.MODSTATS_LANGUAGE);
  const house = await openHouse(config, clock);
  try {
    const { catalog, pools } = house;
    const results = await checkData(catalog, house.checked, pools.writer, clock.now());
    const made = results.filter(({ verdict }) => verdict !== "unknown").length;
    const locale = localeFor(language);
    const say = sayIn(language, locale);
    const findings = results
      .filter(({ verdict }) => verdict === "bad")
      .map((finding) => ({ ...finding, sentence: sayFinding(finding, { say, language, locale, zone, catalog }) }));
    if (options.json) process.stdout.write(`${JSON.stringify({ checks: results.length, findings, results })}\n`);
    else if (made === 0) process.stdout.write(`${say("check.none")}\n`);
    else if (findings.length === 0) process.stdout.write(`${say("check.ok", { n: made })}\n`);
    else
      process.stdout.write(
        `${[say("check.found", { bad: findings.length, n: made }), ...findings.map(({ sentence }) => `• ${sentence}`)].join("\n")}\n`,
      );
  } finally {
    await house.close();
  }
}

function languageOf(wanted: string | undefined, usual: Language): Language {
  const language = LANGUAGES.find((each) => each === (wanted ?? usual));
  if (!language) throw new UsageError(`--lang wants one of ${LANGUAGES.join(", ")}; got "${wanted}".`);
  return language;
}
