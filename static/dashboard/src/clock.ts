/**
 * The server's time on this page.
 *
 * The device's clock may be wrong by hours, so every screen reads this one: the device's, corrected by what the
 * server says with each snapshot and each quiet-time `cursor`. `now` ticks once a second for everybody, and not at
 * all in a hidden tab.
 */
import { signal, type ReadonlySignal } from "@preact/signals";

const SECOND_MS = 1_000;
const TOLERANCE_MS = 300; // below this a difference is the road's, not the clock's

let offsetMs = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

const ticking = signal(Date.now());

/** The server's time in ms since 1970, redrawing whoever reads it once a second. */
export const now: ReadonlySignal<number> = ticking;

/** The server's time in ms since 1970, at this moment, for whoever does not draw. */
export function serverNow(): number {
  return Date.now() + offsetMs;
}

/** Takes the server's word for what time it is. */
export function learnServerTime(instant: string): void {
  const heard = Date.parse(instant) - Date.now();
  if (Math.abs(heard - offsetMs) < TOLERANCE_MS) return;
  offsetMs = heard;
  tick();
}

/** Starts the ticking; returns how to stop it. */
export function startClock(): () => void {
  document.addEventListener("visibilitychange", tick);
  tick();
  return () => {
    document.removeEventListener("visibilitychange", tick);
    clearTimeout(timer);
  };
}

function tick(): void {
  clearTimeout(timer);
  if (document.hidden) return;
  ticking.value = serverNow();
  timer = setTimeout(tick, SECOND_MS - (serverNow() % SECOND_MS)); // on the second, so that countdowns never skip one
}
