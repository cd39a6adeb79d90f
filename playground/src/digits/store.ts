/** What the page shows. */
import { useEffect, useState } from "preact/hooks";
import type { NetworkFacts, NetworkKind, Progress, Seen } from "./messages.js";

export interface PageState {
  readonly theme: "light" | "dark";
  readonly backend: string;
  readonly reason: string;
  /** Why there is no Worker any more. */
  readonly dead?: string;
  /** One line about what was refused. */
  readonly refused?: string;
  /** What the Worker is busy with, other than training. */
  readonly busy?: string;
  /** Files that the server of the page gives. */
  readonly served: { readonly mnist?: readonly string[]; readonly model?: string };
  readonly images?: { readonly train: number; readonly test: number };
  readonly network?: NetworkFacts;
  readonly kind: NetworkKind;
  readonly epochs: number;
  readonly training: boolean;
  readonly progress?: Progress;
  /** Share of right answers on the test images, after each epoch of the run. */
  readonly tested?: number;
  readonly compared?: { readonly done: number; readonly of: number };
  /** The image of 28 x 28 that the network sees. */
  readonly pixels?: Uint8Array;
  readonly seen?: Seen;
}

const themeKey = "theme";

/** localStorage is shared with the other page; a browser may refuse it. */
function keptTheme(): string | null {
  try {
    return localStorage.getItem(themeKey);
  } catch {
    return null;
  }
}

function firstTheme(): "light" | "dark" {
  const kept = keptTheme();
  if (kept === "light" || kept === "dark") return kept;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export let state: PageState = {
  ...{ theme: firstTheme(), backend: "", reason: "", served: {}, kind: "mlp", epochs: 3, training: false },
};
document.documentElement.dataset["theme"] = state.theme;

const listeners = new Set<() => void>();

/** Changes parts of the state; components are drawn again. */
export function set(patch: Partial<PageState>): void {
  state = { ...state, ...patch };
  for (const listener of [...listeners]) listener();
}

/** The state in a component, which is drawn again when it changes. */
export function useStore(): PageState {
  const [, draw] = useState(0);
  useEffect(() => {
    const listener = () => draw((n) => n + 1);
    listeners.add(listener);
    // What changed between the first drawing and this line.
    listener();
    return () => void listeners.delete(listener);
  }, []);
  return state;
}

export function setTheme(theme: "light" | "dark"): void {
  try {
    localStorage.setItem(themeKey, theme);
  } catch {
    // Not kept: the page works without.
  }
  document.documentElement.dataset["theme"] = theme;
  set({ theme });
}
