/**
 * What a person may do with a meeting, and why not, as the menu says it.
 *
 * It exists so that nobody is offered what the server will refuse; the server decides all the same. Pure.
 */
import { isJoinable, JOIN_EARLY_MS, startOf, type ScreenState } from "../../states";
import { isStaffView } from "../../store";
import type { MeetingView, You } from "../../wire";

/** A class as the list of classes tells it. `permissions` are the reader's own; empty when they do not teach it. */
export interface SchoolClass {
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  readonly studentCount: number;
  readonly teachers: readonly { readonly id: string; readonly name: string }[];
  readonly permissions: readonly string[];
}

export interface Rights {
  /** Change, cancel, delete, start, and know the passcode. */
  readonly mayRun: boolean;
  readonly mayEnd: boolean;
}

const NONE: Rights = { mayRun: false, mayEnd: false };

export function rightsIn(meeting: MeetingView, you: You | null, classes: readonly SchoolClass[]): Rights {
  if (you === null || !isStaffView(meeting)) return NONE;
  if (you.role === "admin") return { mayRun: true, mayEnd: true };
  if (you.role !== "teacher") return NONE;
  if (meeting.host.id === you.id) return { mayRun: true, mayEnd: true };
  const permissions = classes.find(({ id }) => id === meeting.class?.id)?.permissions ?? [];
  return { mayRun: permissions.includes("schedule"), mayEnd: permissions.includes("end") };
}

/** The classes for which this person may make meetings. */
export function schedulable(you: You | null, classes: readonly SchoolClass[]): readonly SchoolClass[] {
  if (you?.role === "admin") return classes;
  return you?.role === "teacher" ? classes.filter(({ permissions }) => permissions.includes("schedule")) : [];
}

/** Whether this person may make meetings at all. */
export function maySchedule(you: You | null, classes: readonly SchoolClass[]): boolean {
  return you?.role === "admin" || schedulable(you, classes).length > 0;
}

export type Action = "open" | "join" | "start" | "copy" | "edit" | "end" | "cancel" | "delete";

/** Why something cannot be done now; null: it can. `opensAt` goes with `notOpen`. */
export type Obstacle =
  | { readonly why: "observer" | "notYours" | "over" | "cancelled" | "onlyLive" | "notLive" | "begun" }
  | { readonly why: "notOpen"; readonly opensAt: number };

/** What stands in the way of an action; null when nothing does. */
export function obstacle(
  action: Action,
  meeting: MeetingView,
  state: ScreenState,
  rights: Rights,
  you: You | null,
): Obstacle | null {
  switch (action) {
    case "open":
      return null;
    case "copy":
      return state === "cancelled" ? { why: "cancelled" } : null;
    case "join":
      return joinObstacle(meeting, state);
    case "start":
      return lacking(rights.mayRun, you) ?? (state === "cancelled" ? { why: "cancelled" } : null);
    case "edit":
      return lacking(rights.mayRun, you) ?? overObstacle(state);
    case "end":
      return lacking(rights.mayEnd, you) ?? (state === "live" ? null : { why: "onlyLive" });
    case "cancel":
      return lacking(rights.mayRun, you) ?? (meeting.status === "waiting" ? null : { why: "begun" });
    case "delete":
      return lacking(rights.mayRun, you) ?? (state === "live" ? { why: "notLive" } : null);
  }
}

function lacking(isAllowed: boolean, you: You | null): Obstacle | null {
  if (isAllowed) return null;
  return { why: you?.role === "observer" ? "observer" : "notYours" };
}

function overObstacle(state: ScreenState): Obstacle | null {
  if (state === "cancelled") return { why: "cancelled" };
  return state === "ended" ? { why: "over" } : null;
}

function joinObstacle(meeting: MeetingView, state: ScreenState): Obstacle | null {
  if (isJoinable(state)) return null;
  const start = startOf(meeting);
  if (state === "scheduled" && start !== null) return { why: "notOpen", opensAt: start - JOIN_EARLY_MS };
  return { why: state === "cancelled" ? "cancelled" : "over" };
}
