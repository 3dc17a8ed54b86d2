import { expect, test } from "vitest";
import { at, MINUTE, NOON, row } from "../../../testing/builders";
import type { ParticipantRow } from "../../../wire";
import { found, groupsOf, timeHere, type Expected, type Group } from "./groups";

const student = (userId: string, given: Partial<Expected> = {}): Expected => ({
  userId,
  name: `Student ${userId}`,
  email: `${userId}@demo.school`,
  studentNumber: null,
  clickedAt: null,
  attended: false,
  ...given,
});
const someone = (id: string, given: Partial<ParticipantRow> = {}) => row({ id, userId: id, name: id, ...given });
const stranger = (id: string, given: Partial<ParticipantRow> = {}) =>
  row({ id, userId: null, name: id, matchedBy: null, role: "guest", ...given });

const shape = (groups: readonly Group[]) => groups.map(({ name, entries }) => [name, entries.map(({ key }) => key)]);

test("who is missing stands first, those who clicked on top, the newest click first", () => {
  const expected = [
    student("a"),
    student("b", { clickedAt: at(-3) }),
    student("c", { clickedAt: at(-1) }),
    student("d"),
  ];
  const groups = groupsOf({ rows: [someone("d")], expected, clicks: [] }, "live");
  expect(shape(groups)).toEqual([
    ["missing", ["c", "b", "a"]],
    ["here", ["d"]],
  ]);
});

test("a click heard since then counts like one read, the later wins", () => {
  const click = { id: "k", userId: "a", name: "A", at: at(-1), revision: 1 };
  const [missing] = groupsOf({ rows: [], expected: [student("a", { clickedAt: at(-9) })], clicks: [click] }, "live");
  expect(missing?.entries[0]?.clickedAt).toBe(Date.parse(at(-1)));
});

test("who clicked and is on no roster is looked for too, until they come", () => {
  const click = { id: "k", userId: "z", name: "Zoe", at: at(-1), revision: 1 };
  const before = groupsOf({ rows: [], expected: [], clicks: [click] }, "live");
  const after = groupsOf({ rows: [someone("z")], expected: [], clicks: [click] }, "live");
  expect(shape(before)).toEqual([["missing", ["z"]]]);
  expect(shape(after)).toEqual([["here", ["z"]]]);
});

test("a full class says that nobody is missing; a meeting without a roster does not speak of it", () => {
  expect(shape(groupsOf({ rows: [someone("a")], expected: [student("a")], clicks: [] }, "live"))).toEqual([
    ["missing", []],
    ["here", ["a"]],
  ]);
  expect(shape(groupsOf({ rows: [someone("a")], expected: [], clicks: [] }, "live"))).toEqual([["here", ["a"]]]);
});

test("everybody stands under one heading: waiting, here, away, unmatched", () => {
  const rows = [
    someone("here"),
    someone("away", { state: "away", hereSince: null, leaveTime: at(5) }),
    someone("waits", { state: "waiting_room", hereSince: null, joinTime: null }),
    stranger("phone"),
    stranger("gone", { state: "away" }),
    stranger("knocks", { state: "waiting_room" }),
  ];
  expect(shape(groupsOf({ rows, expected: [], clicks: [] }, "live"))).toEqual([
    ["waiting", ["knocks", "waits"]],
    ["here", ["here"]],
    ["away", ["away"]],
    ["unmatched", ["gone", "phone"]],
  ]);
});

test("the newest arrival is on top", () => {
  const rows = [someone("early", { hereSince: at(1) }), someone("late", { hereSince: at(9) })];
  expect(shape(groupsOf({ rows, expected: [], clicks: [] }, "live"))).toEqual([["here", ["late", "early"]]]);
});

test("before it begins the roster is expected, not missing", () => {
  expect(shape(groupsOf({ rows: [], expected: [student("a")], clicks: [] }, "before"))).toEqual([["expected", ["a"]]]);
});

test("after the end: strangers first, then who came and who was not seen, however they stood", () => {
  const over = { state: "over", hereSince: null } as const;
  const rows = [someone("a", over), stranger("phone", over), someone("knocked", { ...over, joinTime: null })];
  const groups = groupsOf({ rows, expected: [student("a"), student("b"), student("knocked")], clicks: [] }, "over");
  expect(shape(groups)).toEqual([
    ["unmatched", ["phone"]],
    ["came", ["a"]],
    ["notSeen", ["knocked", "b"]],
  ]);
});

test("a name is found without its accents, an e-mail too; groups without a match are left out", () => {
  const rows = [someone("a", { name: "Niña Peñaflor" }), someone("b", { name: "Paolo", email: "dizon@demo.school" })];
  const groups = groupsOf({ rows, expected: [student("c")], clicks: [] }, "live");
  expect(shape(found(groups, "nina pena"))).toEqual([["here", ["a"]]]);
  expect(shape(found(groups, "DIZON"))).toEqual([["here", ["b"]]]);
  expect(found(groups, "  ")).toBe(groups);
});

test("time here is the finished stays and the one that goes on", () => {
  expect(timeHere(row({ durationSeconds: 60, hereSince: at(-2) }), NOON)).toBe(3 * MINUTE);
  expect(timeHere(row({ durationSeconds: 60, hereSince: null }), NOON)).toBe(MINUTE);
});
