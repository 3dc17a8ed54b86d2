/**
 * Single keys that do something, such as N for a new meeting.
 *
 * They are deaf while somebody types, while a dialog or a menu is open, and when the person has turned them off:
 * whoever speaks to their computer types letters without meaning to. The choice is remembered on this device.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

const STORED = "rollcall.keys";
const TYPED_INTO = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

const chosen = signal(localStorage.getItem(STORED) !== "no");
export const areKeysOn: ReadonlySignal<boolean> = chosen;

export function turnKeys(isOn: boolean): void {
  chosen.value = isOn;
  if (isOn) localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, "no");
}

/** Calls what belongs to a key, by the key's name in lower case. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const run = current.current[event.key.toLowerCase()];
      if (run === undefined || !isMeant(event)) return;
      event.preventDefault();
      run();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

function isMeant(event: KeyboardEvent): boolean {
  if (!chosen.value || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.target instanceof Element && event.target.closest(TYPED_INTO) !== null) return false;
  return document.querySelector("dialog[open], :popover-open") === null;
}
