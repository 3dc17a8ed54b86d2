import { expect, test } from "vitest";
import { at, learnerMeeting, MINUTE, NOON, staffMeeting } from "../../../testing/builders";
import { addressOf, changed, classesIn, isInRange, isNarrowed, listed, readFilters, UNFILTERED } from "./filters";

const HOUR = 60;
const DAY = 24 * HOUR;
const ALL = { ...UNFILTERED, range: "all" } as const;

const ids = (meetings: Iterable<{ id: string }>) => [...meetings].map(({ id }) => id);

test("an address and the filters it means are the same thing", () => {
  const filters = { range: "past", state: "cancelled", classId: "c1", text: "algebra & more", page: 3 } as const;
  const address = addressOf("/admin/meetings", filters, "m9");
  const query = Object.fromEntries(new URL(address, "http://school").searchParams);
  expect(readFilters(query)).toEqual(filters);
  expect(query["meeting"]).toBe("m9");
});

test("filters that nobody chose are not in the address", () => {
  expect(addressOf("/admin/meetings", UNFILTERED)).toBe("/admin/meetings");
});

test("an address that makes no sense shows today", () => {
  expect(readFilters({ range: "tomorrow", state: "lively", page: "-2" })).toEqual(UNFILTERED);
});

test("another filter begins on its first page", () => {
  expect(changed({ ...UNFILTERED, page: 4 }, { text: "x" }).page).toBe(1);
});

test("days alone do not narrow the list", () => {
  expect(isNarrowed({ ...UNFILTERED, range: "past" })).toBe(false);
  expect(isNarrowed({ ...UNFILTERED, text: "x" })).toBe(true);
});

test("what needs somebody first stands first, then the earlier", () => {
  const meetings = [
    staffMeeting({ id: "cancelled", status: "cancelled", start_time: at(HOUR) }),
    staffMeeting({ id: "ended", status: "ended", start_time: at(-2 * HOUR) }),
    staffMeeting({ id: "later", start_time: at(2 * HOUR) }),
    staffMeeting({ id: "sooner", start_time: at(HOUR) }),
    staffMeeting({ id: "ready", start_time: at(5) }),
    staffMeeting({ id: "live", status: "started", start_time: at(-20) }),
    staffMeeting({ id: "late", start_time: at(-9) }),
  ];
  const order = ["late", "live", "ready", "sooner", "later", "ended", "cancelled"];
  expect(ids(listed(meetings, ALL, NOON).meetings)).toEqual(order);
});

test("the counts are those of every state, whichever state is chosen", () => {
  const meetings = [
    staffMeeting({ id: "a", status: "started" }),
    staffMeeting({ id: "b", status: "started" }),
    staffMeeting({ id: "c", start_time: at(HOUR) }),
  ];
  const { meetings: shown, counts } = listed(meetings, { ...ALL, state: "scheduled" }, NOON);
  expect(ids(shown)).toEqual(["c"]);
  expect(counts).toMatchObject({ live: 2, scheduled: 1, ended: 0 });
});

test.each([
  ["algebra", true],
  ["ALGEBRA rizal", true],
  ["santos", true],
  ["845 2291", true],
  ["biology", false],
  ["algebra luna", false],
])("the text “%s” finds it: %s", (text, isFound) => {
  const meeting = staffMeeting({ topic: "Álgebra — Quadratics", zoom_meeting_id: "84522910763" });
  expect(listed([meeting], { ...ALL, text }, NOON).meetings.length).toBe(isFound ? 1 : 0);
});

test("a class is told by its id, and a meeting without one has none", () => {
  const meetings = [staffMeeting({ id: "a" }), staffMeeting({ id: "b", class: null })];
  expect(ids(listed(meetings, { ...ALL, classId: "c1" }, NOON).meetings)).toEqual(["a"]);
  expect(classesIn(meetings)).toEqual([{ id: "c1", name: "Grade 9 Rizal" }]);
});

test.each([
  ["one of today", staffMeeting({ start_time: at(3 * HOUR) }), true],
  ["one of the day after tomorrow", staffMeeting({ start_time: at(2 * DAY) }), false],
  ["one of yesterday that is still live", staffMeeting({ status: "started", start_time: at(-DAY) }), true],
  ["one that ended the day before yesterday", staffMeeting({ status: "ended", start_time: at(-2 * DAY) }), false],
  ["one without a time that is open", staffMeeting({ start_time: null }), true],
])("today holds %s: %s", (_, meeting, isHeld) => {
  expect(isInRange(meeting, "today", NOON)).toBe(isHeld);
});

test("what begins soon after midnight is still part of tonight", () => {
  const late = new Date(2026, 10, 23, 23, 30).getTime();
  const soon = staffMeeting({ start_time: new Date(late + 60 * MINUTE).toISOString() });
  const tomorrow = staffMeeting({ start_time: new Date(late + 10 * 60 * MINUTE).toISOString() });
  expect(isInRange(soon, "today", late)).toBe(true);
  expect(isInRange(tomorrow, "today", late)).toBe(false);
});

test("this week holds the six days after today and not the seventh", () => {
  expect(isInRange(staffMeeting({ start_time: at(6 * DAY) }), "week", NOON)).toBe(true);
  expect(isInRange(staffMeeting({ start_time: at(7 * DAY) }), "week", NOON)).toBe(false);
});

test("past holds only what is over, also what was never started", () => {
  expect(isInRange(staffMeeting({ status: "ended" }), "past", NOON)).toBe(true);
  expect(isInRange(staffMeeting({ start_time: at(-3 * HOUR) }), "past", NOON)).toBe(true);
  expect(isInRange(learnerMeeting({ status: "started" }), "past", NOON)).toBe(false);
});

test("a thousand meetings are listed in less than a frame or two", () => {
  const meetings = Array.from({ length: 1_000 }, (_, n) => staffMeeting({ id: `m${n}`, start_time: at(n) }));
  listed(meetings, ALL, NOON);
  const began = performance.now();
  expect(listed(meetings, ALL, NOON).meetings.length).toBe(1_000);
  expect(performance.now() - began).toBeLessThan(100);
});
