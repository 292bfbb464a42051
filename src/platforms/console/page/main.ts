import * as api from "./api.ts";
import { createPage, startingPage } from "./page.ts";
import { openTranscript } from "./transcript.ts";

const WAKE_MS = 1_000;

/** Waits for the server's channels, then opens the page. */
async function open(root: HTMLElement): Promise<void> {
  for (;;) {
    const got = await api.channels();
    if (got.ok) return createPage(root, got.value, openTranscript());
    startingPage(root);
    await new Promise((resolve) => setTimeout(resolve, WAKE_MS));
  }
}

const root = document.getElementById("app");
if (root) void open(root);
