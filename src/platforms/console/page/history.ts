import { setting } from "./transcript.ts";

const ASKED_MAX = 50;

/** What was typed before, oldest first: ↑ in the field brings it back. */
export function asked(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(setting.get("history") ?? "[]");
    return Array.isArray(kept) ? kept.filter((text) => typeof text === "string") : [];
  } catch {
    return [];
  }
}

export function rememberAsked(text: string): void {
  setting.set("history", JSON.stringify([...asked().filter((one) => one !== text), text].slice(-ASKED_MAX)));
}
