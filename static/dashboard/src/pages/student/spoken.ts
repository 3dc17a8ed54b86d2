/** When the time left until the next class is said aloud: ten, five and one minute before, and at the start. Pure. */

const MINUTE_MS = 60_000;
const SPOKEN_MINUTES = [0, 1, 5, 10];

/** The minutes to be said when the clock went from `before` to `now`; null: nothing. A long gap is said once, as it is now. */
export function minutesToSay(startMs: number, before: number, now: number): number | null {
  return (
    SPOKEN_MINUTES.find((minutes) => before < startMs - minutes * MINUTE_MS && now >= startMs - minutes * MINUTE_MS) ??
    null
  );
}
