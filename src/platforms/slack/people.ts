import type { Person } from "../../chat/port.ts";
import type { Clock } from "../../kernel/clock.ts";
import { slackLimits } from "./limits.ts";
import type { SlackWeb } from "./web.ts";

/** Zone and locale of a person's Slack profile, remembered for an hour; without them when Slack does not tell. */
export function createPeople(web: SlackWeb, clock: Clock): (personId: string) => Promise<Person> {
  const known = new Map<string, { readonly at: number; readonly person: Promise<Person> }>();
  return (personId) => {
    const now = clock.now();
    const cached = known.get(personId);
    if (cached && now - cached.at < slackLimits.people_remembered_ms) return cached.person;
    if (known.size >= slackLimits.people_remembered_max) known.clear();
    const person = askSlack(web, personId).catch(() => {
      known.delete(personId);
      return { id: personId };
    });
    known.set(personId, { at: now, person });
    return person;
  };
}

async function askSlack(web: SlackWeb, personId: string): Promise<Person> {
  const { user } = await web.read.users.info({ user: personId, include_locale: true });
  return { id: personId, ...(user?.tz ? { zone: user.tz } : {}), ...(user?.locale ? { locale: user.locale } : {}) };
}
