import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { COMMAND, FORM_CALLBACK } from "../../../src/platforms/slack/actions.ts";

const manifest = parse(readFileSync(new URL("../../../deploy/slack-manifest.yaml", import.meta.url), "utf8"));
const document = readFileSync(new URL("../../../docs/slack-setup.md", import.meta.url), "utf8");

it("asks Slack for the command, shortcut, events and surfaces that the adapter listens to", () => {
  expect(manifest.features.slash_commands).toMatchObject([{ command: COMMAND, should_escape: false }]);
  expect(manifest.features.shortcuts).toMatchObject([{ callback_id: FORM_CALLBACK, type: "global" }]);
  expect(manifest.settings).toMatchObject({ socket_mode_enabled: true, interactivity: { is_enabled: true } });
  expect(manifest.settings.event_subscriptions.bot_events).toEqual([
    "app_home_opened",
    "app_mention",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
  ]);
  expect(manifest.features).toMatchObject({ app_home: { home_tab_enabled: true, messages_tab_enabled: true } });
  expect(manifest.features.agent_view.suggested_prompts.length).toBeLessThanOrEqual(4);
});

it("has no scope that the set-up document does not explain", () => {
  for (const scope of manifest.oauth_config.scopes.bot) expect(document).toContain(`\`${scope}\``);
});

it("keeps Slack's lengths", () => {
  expect(manifest.display_information.description.length).toBeLessThanOrEqual(140);
  expect(manifest.display_information.long_description.length).toBeGreaterThanOrEqual(175);
  expect(manifest.features.agent_view.agent_description.length).toBeLessThanOrEqual(300);
});
