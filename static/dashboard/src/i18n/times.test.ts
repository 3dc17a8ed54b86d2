import { expect, test } from "vitest";
import { ago, elapsed, shortDay, span, startOfDay, timeInOwnZone, timeUntil, whenText } from "./times";

const S = 1_000;
const MIN = 60 * S;
const H = 60 * MIN;

test.each([
  [0, "in 0 s"],
  [42 * S, "in 42 s"],
  [MIN, "in 60 s"],
  [MIN + S, "in 2 min"],
  [6 * MIN, "in 6 min"],
  [H, "in 1 h"],
  [4 * H + 35.5 * MIN, "in 4 h 36 min"],
  [26 * H, "in 1 day"],
  [72 * H, "in 3 days"],
])("%d ms left reads %s", (left, text) => {
  expect(timeUntil(left, 0)).toBe(text);
});

test.each([
  [500, "just now"],
  [4 * S, "4 s ago"],
  [119 * S, "1 min ago"],
  [3 * H, "3 h ago"],
])("%d ms passed reads %s", (passed, text) => {
  expect(ago(0, passed)).toBe(text);
});

test("what lasts is read in minutes, a running clock in seconds", () => {
  expect(span(65 * MIN)).toBe("1 h 5 min");
  expect(elapsed(24 * MIN + 12 * S)).toBe("24:12");
  expect(elapsed(H + 4 * MIN + 5 * S)).toBe("1:04:05");
});

test("a zone that shows the same time is not named, nor one nobody knows", () => {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const noon = Date.parse("2026-11-23T12:00:00Z");
  expect(timeInOwnZone(noon, timeZone)).toBeNull();
  expect(timeInOwnZone(noon, "Mars/Olympus")).toBeNull();
  const elsewhere = timeZone === "Asia/Manila" ? "America/New_York" : "Asia/Manila";
  expect(timeInOwnZone(noon, elsewhere)).toMatch(/^\d\d:\d\d in (Manila|New York)$/);
});

test("a time of another day is read with its day, one of today without", () => {
  const noon = new Date(2026, 10, 9, 12).getTime();
  expect(whenText(noon + H, noon)).toBe("13:00");
  expect(whenText(noon + 25 * H, noon)).toBe(`${shortDay(noon + 25 * H)}, 13:00`);
});

test("a day begins at midnight of the reader, also in another month", () => {
  const evening = new Date(2026, 10, 29, 23, 30).getTime();
  expect(startOfDay(evening, 0)).toBe(new Date(2026, 10, 29).getTime());
  expect(startOfDay(evening, 7)).toBe(new Date(2026, 11, 6).getTime());
});
