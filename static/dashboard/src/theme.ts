/** The colours a person chose: as the system says, light or dark; remembered on this device. */
import { signal, type ReadonlySignal } from "@preact/signals";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const STORED = "rollcall.theme";

const chosen = signal<Theme>("system");
export const theme: ReadonlySignal<Theme> = chosen;

/** Shows what is remembered; called before the first drawing. */
export function restoreTheme(): void {
  const stored = localStorage.getItem(STORED);
  show(THEMES.find((name) => name === stored) ?? "system");
}

export function chooseTheme(wanted: Theme): void {
  localStorage.setItem(STORED, wanted);
  show(wanted);
}

function show(wanted: Theme): void {
  chosen.value = wanted;
  if (wanted === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = wanted;
}
