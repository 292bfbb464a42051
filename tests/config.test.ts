import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ConfigError, environmentSchema, readConfig } from "../src/config.ts";

describe("the configuration", () => {
  it("is listed in .env.example, every variable and nothing else", () => {
    const listed = readFileSync(".env.example", "utf8")
      .split("\n")
      .flatMap((line) => /^([A-Z_]+)=/.exec(line)?.[1] ?? []);
    expect(listed.sort()).toEqual(Object.keys(environmentSchema.shape).sort());
  });

  it("works when .env.example is copied as it is", () => {
    const copied = Object.fromEntries(
      readFileSync(".env.example", "utf8")
        .split("\n")
        .flatMap((line) => {
          const entry = /^([A-Z_]+)=(.*)$/.exec(line);
          return entry ? [[entry[1], entry[2]]] : [];
        }),
    );
    expect(readConfig(copied)).toEqual(readConfig({}));
  });

  it("never prints a secret", () => {
    const config = readConfig({ SLACK_BOT_TOKEN: "xoxb-canary", DATABASE_URL: "postgres://u:canary@127.0.0.1/x" });
    expect(`${inspect(config, { depth: 9 })}${JSON.stringify(config)}${config.SLACK_BOT_TOKEN}`).not.toContain(
      "canary",
    );
    expect(config.SLACK_BOT_TOKEN?.reveal()).toBe("xoxb-canary");
  });

  it("names the variable that is wrong and what to write", () => {
    expect(() => readConfig({ MODSTATS_ZONE: "Mars/Olympus" })).toThrow(
      /MODSTATS_ZONE: is no IANA time zone; write e.g. Asia\/Jakarta/,
    );
    expect(() => readConfig({ SLACK_PORT: "99999" })).toThrow(ConfigError);
  });
});
