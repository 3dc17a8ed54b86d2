import { expect, test } from "vitest";
import { allZones, instantOf, offsetName, wallClock } from "./zones";

test.each([
  ["Asia/Manila", "2026-11-09T02:24:00Z"],
  ["America/New_York", "2026-11-09T15:24:00Z"],
  ["Asia/Kathmandu", "2026-11-09T04:39:00Z"],
  ["UTC", "2026-11-09T10:24:00Z"],
])("10:24 in %s is %s, and back", (zone, instant) => {
  const shown = { date: "2026-11-09", time: "10:24" };
  expect(instantOf(shown, zone)).toBe(Date.parse(instant));
  expect(wallClock(Date.parse(instant), zone)).toEqual(shown);
});

test("the day the clocks change has its own offsets, before and after", () => {
  expect(instantOf({ date: "2026-11-01", time: "00:30" }, "America/New_York")).toBe(Date.parse("2026-11-01T04:30:00Z"));
  expect(instantOf({ date: "2026-11-01", time: "03:30" }, "America/New_York")).toBe(Date.parse("2026-11-01T08:30:00Z"));
});

test("midnight is 00:00 of the new day", () => {
  expect(wallClock(Date.parse("2026-11-08T16:00:00Z"), "Asia/Manila")).toEqual({ date: "2026-11-09", time: "00:00" });
});

test("half a date is no instant", () => {
  expect(instantOf({ date: "", time: "10:00" }, "UTC")).toBeNull();
  expect(instantOf({ date: "2026-11-09", time: "" }, "UTC")).toBeNull();
});

test("zones have names and offsets", () => {
  expect(offsetName(Date.parse("2026-11-09T00:00:00Z"), "Asia/Manila")).toBe("GMT+8");
  expect(allZones()).toContain("UTC");
  expect(new Set(allZones()).size).toBe(allZones().length);
});
