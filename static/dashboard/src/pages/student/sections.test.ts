import { expect, test } from "vitest";
import { at, learnerMeeting, NOON } from "../../testing/builders";
import type { LearnerMeeting } from "../../wire";
import { nextClass, sectionOf, sectionsOf, type Section } from "./sections";

const DAY = 24 * 60;

// Noon of a Monday in UTC; the reader's own day holds the hours around it in every zone tests may run in.
const TABLE: [what: string, given: Partial<LearnerMeeting>, section: Section | null][] = [
  ["live", { status: "started" }, "now"],
  ["ready", { start_time: at(15) }, "now"],
  ["late", { start_time: at(-20) }, "now"],
  ["later today", { start_time: at(16) }, "laterToday"],
  ["tomorrow", { start_time: at(DAY) }, "thisWeek"],
  ["in six days", { start_time: at(6 * DAY) }, "thisWeek"],
  ["the same day next week", { start_time: at(7 * DAY) }, "afterThisWeek"],
  ["ended a moment ago", { status: "ended", ended_at: at(-0.9) }, "now"],
  ["ended a minute ago", { status: "ended", ended_at: at(-1) }, "earlierToday"],
  ["ended the day before", { status: "ended", ended_at: at(-DAY) }, null],
  ["ended, nobody told when", { status: "ended", start_time: at(-61) }, "earlierToday"],
  ["did not start", { start_time: at(-91) }, null],
  ["cancelled before its time", { status: "cancelled", start_time: at(60) }, "laterToday"],
  ["cancelled tomorrow", { status: "cancelled", start_time: at(DAY) }, "thisWeek"],
  ["cancelled, time has come", { status: "cancelled", start_time: at(0) }, "earlierToday"],
];

test.each(TABLE)("%s", (_, given, section) => {
  expect(sectionOf(learnerMeeting(given), NOON)).toBe(section);
});

test("a live card is first, then what has just ended, what is late, what is ready; each by its start", () => {
  const meetings = [
    learnerMeeting({ id: "ready", start_time: at(5) }),
    learnerMeeting({ id: "late", start_time: at(-5) }),
    learnerMeeting({ id: "ended", status: "ended", start_time: at(-60), ended_at: at(0) }),
    learnerMeeting({ id: "live 2", status: "started", start_time: at(-1) }),
    learnerMeeting({ id: "live 1", status: "started", start_time: at(-2) }),
  ];
  expect(sectionsOf(meetings, NOON).now.map(({ id }) => id)).toEqual(["live 1", "live 2", "ended", "late", "ready"]);
});

test("what is over stands with the latest on top", () => {
  const over = (id: string, start: number) =>
    learnerMeeting({ id, status: "ended", start_time: at(start), ended_at: at(start + 30) });
  expect(sectionsOf([over("first", -90), over("last", -60)], NOON).earlierToday.map(({ id }) => id)).toEqual([
    "last",
    "first",
  ]);
});

test("the next class is the earliest that has not begun", () => {
  const meetings = [
    learnerMeeting({ id: "begun", start_time: at(-1) }),
    learnerMeeting({ id: "far", start_time: at(90) }),
    learnerMeeting({ id: "near", start_time: at(30) }),
    learnerMeeting({ id: "cancelled", start_time: at(10), status: "cancelled" }),
  ];
  expect(nextClass(meetings, NOON)?.id).toBe("near");
  expect(nextClass([], NOON)).toBeNull();
});
