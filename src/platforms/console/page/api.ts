import type { NextStep } from "../../../chat/answer.ts";
import type { FormModel } from "../../../chat/port.ts";
import type { Ask, Channel, Choice, Detail, Heard, Judgement, Posted, Trouble } from "../wire.ts";

/** The page's one door to its server. What can go wrong comes back as a value: the server gone is "offline". */
export type Failure = Omit<Trouble, "trouble"> & { readonly trouble: Trouble["trouble"] | "offline" };
export type Got<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export const say = (
  act: "ask" | "choice" | "detail" | "verdict",
  said: Ask | Choice | Detail | Judgement,
): Promise<Got<Heard>> =>
  request(`/api/${act}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(said),
  });

export const channels = (): Promise<Got<readonly Channel[]>> => request("/api/channels");
export const form = (language: string): Promise<Got<FormModel>> => request(`/api/form?${query({ language })}`);
export const favourites = (channel: string, language: string): Promise<Got<readonly NextStep[]>> =>
  request(`/api/favourites?${query({ channel, language })}`);
export const posts = (channel: string): Promise<Got<readonly Posted[]>> => request(`/api/posts?${query({ channel })}`);
export const thread = (channel: string, key: string): Promise<Got<{ known: boolean }>> =>
  request(`/api/thread/${encodeURIComponent(key)}?${query({ channel })}`);
export const pictureOf = (receipt: string, n: number): string => `/api/chart.png?${query({ receipt, n: String(n) })}`;

async function request<T>(path: string, init: RequestInit = {}): Promise<Got<T>> {
  try {
    const response = await fetch(path, init);
    const body: unknown = await response.json().catch(() => null);
    if (response.ok) return { ok: true, value: body as T };
    return { ok: false, failure: isTrouble(body) ? body : { trouble: "request" } };
  } catch {
    return { ok: false, failure: { trouble: "offline" } };
  }
}

const query = (values: Record<string, string>): string => new URLSearchParams(values).toString();
const isTrouble = (body: unknown): body is Trouble => typeof body === "object" && body !== null && "trouble" in body;
