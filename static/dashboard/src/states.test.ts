import { expect, test } from "vitest";
import { byUrgency, isJoinable, isOver, screenState, type ScreenState } from "./states";
import { at, learnerMeeting, MINUTE, NOON } from "./testing/builders";
import type { LearnerMeeting } from "./wire";

// A meeting from 12:00 to 13:00, read at so many minutes from noon.
const TABLE: [status: LearnerMeeting["status"], minutes: number, state: ScreenState, joinable: boolean][] = [
  ["waiting", -600, "scheduled", false],
  ["waiting", -15.01, "scheduled", false],
  ["waiting", -15, "ready", true],
  ["waiting", -0.01, "ready", true],
  ["waiting", 0, "late", true],
  ["waiting", 90, "late", true],
  ["waiting", 90.01, "notStarted", false],
  ["started", -30, "live", true],
  ["started", 30, "live", true],
  ["started", 900, "live", true],
  ["ended", 30, "ended", false],
  ["cancelled", -30, "cancelled", false],
  ["deleted", -30, "cancelled", false],
];

test.each(TABLE)("%s read at %d min is %s (join offered: %s)", (status, minutes, state, joinable) => {
  const read = screenState(learnerMeeting({ status }), NOON + minutes * MINUTE);
  expect(read).toBe(state);
  expect(isJoinable(read)).toBe(joinable);
});

test("a meeting without a time can be joined as long as it is not over", () => {
  expect(screenState(learnerMeeting({ start_time: null }), NOON)).toBe("ready");
  expect(screenState(learnerMeeting({ start_time: null, status: "ended" }), NOON)).toBe("ended");
});

test("a state is over exactly when nothing can be joined any more and nothing is to come", () => {
  const states = [...new Set(TABLE.map(([, , state]) => state))];
  expect(states.filter(isOver)).toEqual(["notStarted", "ended", "cancelled"]);
});

test("staff see first what needs somebody, then by start", () => {
  const meetings = [
    learnerMeeting({ id: "cancelled", status: "cancelled" }),
    learnerMeeting({ id: "scheduled", start_time: at(300) }),
    learnerMeeting({ id: "ready", start_time: at(10) }),
    learnerMeeting({ id: "live later", status: "started", start_time: at(-5) }),
    learnerMeeting({ id: "live", status: "started", start_time: at(-10) }),
    learnerMeeting({ id: "late", start_time: at(-1) }),
    learnerMeeting({ id: "ended", status: "ended", start_time: at(-100) }),
  ];
  expect(meetings.sort(byUrgency(NOON)).map(({ id }) => id)).toEqual([
    "late",
    "live",
    "live later",
    "ready",
    "scheduled",
    "ended",
    "cancelled",
  ]);
});
