/** What the page's keys do; keys typed into a field are the field's. */
export interface KeyActions {
  focusComposer(): void;
  /** The list whose answers j and k walk through. */
  pane(): HTMLElement;
  openThreadOf(entry: string): void;
  showKeys(): void;
  close(): void;
}

export function listenToKeys(actions: KeyActions): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return actions.close();
    if (isField(event.target)) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act(actions);
  });
}

const KEYS: Readonly<Record<string, (actions: KeyActions) => void>> = {
  "/": (actions) => actions.focusComposer(),
  "?": (actions) => actions.showKeys(),
  j: (actions) => walk(actions.pane(), 1),
  k: (actions) => walk(actions.pane(), -1),
  t: (actions) => {
    const entry = document.activeElement?.closest("[data-entry]")?.getAttribute("data-entry");
    if (entry) actions.openThreadOf(entry);
  },
};

function walk(list: HTMLElement, step: 1 | -1): void {
  const answers = [...list.querySelectorAll<HTMLElement>(".answer")];
  const now = answers.findIndex((answer) => answer.contains(document.activeElement));
  const next = answers[now < 0 ? answers.length - 1 : Math.min(Math.max(now + step, 0), answers.length - 1)];
  next?.focus({ preventScroll: true });
  next?.closest(".entry")?.scrollIntoView({ block: "start" });
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
