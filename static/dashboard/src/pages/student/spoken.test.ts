import { expect, test } from "vitest";
import { minutesToSay } from "./spoken";

const START = 3_600_000;
const left = (seconds: number) => START - seconds * 1000;

test.each([
  [601, 600, 10],
  [600, 599, null],
  [301, 300, 5],
  [61, 60, 1],
  [1, 0, 0],
  [0, -1, null],
  [400, 399, null],
])("%d s before, then %d s before: says %s", (before, now, minutes) => {
  expect(minutesToSay(START, left(before), left(now))).toBe(minutes);
});

test("of a long sleep only the nearest time is said", () => {
  expect(minutesToSay(START, left(2000), left(30))).toBe(1);
});
