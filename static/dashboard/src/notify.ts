/**
 * Notifications of the desktop: off until a person asks for them, and only while the page is out of sight.
 *
 * The browser's permission is asked for in that moment and never before. What is said is what a toast would say.
 */
import { signal, type ReadonlySignal } from "@preact/signals";

const STORED = "rollcall.notify";

const wanted = signal(false);
const denied = signal(false);
export const isNotifying: ReadonlySignal<boolean> = wanted;
export const isDenied: ReadonlySignal<boolean> = denied;

function permission(): NotificationPermission {
  return "Notification" in window ? Notification.permission : "denied";
}

/** Takes up what was chosen before on this device. */
export function restoreNotifications(): void {
  denied.value = permission() === "denied";
  wanted.value = permission() === "granted" && localStorage.getItem(STORED) === "yes";
}

/** The person pressed the button: asks the browser, and remembers. */
export async function offerNotifications(): Promise<void> {
  const answer = permission() === "default" ? await Notification.requestPermission() : permission();
  denied.value = answer === "denied";
  wanted.value = answer === "granted";
  if (wanted.value) localStorage.setItem(STORED, "yes");
}

export function stopNotifying(): void {
  localStorage.removeItem(STORED);
  wanted.value = false;
}

/** Says it outside the page, if the person asked for that and does not see the page. `about` replaces what it said before. */
export function notifyIfAway(text: string, about: string): void {
  if (!wanted.value || !document.hidden) return;
  const shown = new Notification(text, { tag: about });
  shown.onclick = () => {
    window.focus();
    shown.close();
  };
}
