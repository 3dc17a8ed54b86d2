/**
 * Who stands under which heading of the drawer.
 *
 * Live rows come from the picture, the roster and who clicked from REST; this joins them. Pure.
 */
import type { ClickRow, ParticipantRow } from "../../../wire";
import { folded } from "../list/filters";

/** Somebody on the roster, as `GET …/participants` tells it. */
export interface Expected {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly studentNumber: string | null;
  readonly clickedAt: string | null;
  readonly attended: boolean;
}

export interface Entry {
  readonly key: string;
  readonly name: string;
  readonly email: string;
  readonly row: ParticipantRow | null;
  /** The newest press of Join, in ms. */
  readonly clickedAt: number | null;
}

export type GroupName = "expected" | "missing" | "waiting" | "here" | "away" | "came" | "notSeen" | "unmatched";

export interface Group {
  readonly name: GroupName;
  readonly entries: readonly Entry[];
}

export type Phase = "before" | "live" | "over";

interface People {
  readonly rows: Iterable<ParticipantRow>;
  readonly expected: readonly Expected[];
  /** Presses of Join heard since the page was opened. */
  readonly clicks: readonly ClickRow[];
}

const HEADINGS: Readonly<Record<Phase, readonly GroupName[]>> = {
  before: ["waiting", "here", "away", "expected", "unmatched"],
  live: ["missing", "waiting", "here", "away", "unmatched"],
  over: ["unmatched", "came", "notSeen"],
};

/** The groups in their order; those with nobody in them are left out, but for the first of a live class with a roster. */
export function groupsOf(people: People, phase: Phase): Group[] {
  const groups: Record<GroupName, Entry[]> = {
    expected: [],
    missing: [],
    waiting: [],
    here: [],
    away: [],
    came: [],
    notSeen: [],
    unmatched: [],
  };
  const clicked = newestClicks(people);
  const seen = new Set<string>();
  for (const row of people.rows) {
    if (row.userId !== null) seen.add(row.userId);
    groups[headingOf(row, phase)].push(entryOf(row, clicked));
  }
  const absent = phase === "live" ? "missing" : phase === "before" ? "expected" : "notSeen";
  groups[absent].push(...absentOf(people, seen, clicked, phase));
  for (const name of Object.keys(groups) as GroupName[]) groups[name].sort(ORDERS[name]);
  return HEADINGS[phase]
    .map((name) => ({ name, entries: groups[name] }))
    .filter(({ name, entries }) => entries.length > 0 || (name === "missing" && people.expected.length > 0));
}

function headingOf(row: ParticipantRow, phase: Phase): GroupName {
  if (row.state === "waiting_room" && phase !== "over") return "waiting";
  if (row.userId === null) return "unmatched";
  if (phase === "over") return row.joinTime === null ? "notSeen" : "came";
  return row.state === "here" ? "here" : "away";
}

/** Those on the roster who have no row, and, without being on it, those who pressed Join and have none. */
function absentOf({ expected, clicks }: People, seen: Set<string>, clicked: Map<string, number>, phase: Phase) {
  const absent = new Map<string, Entry>();
  for (const { userId, name, email } of expected) {
    if (seen.has(userId)) continue;
    absent.set(userId, { key: userId, name, email, row: null, clickedAt: clicked.get(userId) ?? null });
  }
  for (const { userId, name } of phase === "over" ? [] : clicks) {
    if (seen.has(userId) || absent.has(userId)) continue;
    absent.set(userId, { key: userId, name, email: "", row: null, clickedAt: clicked.get(userId) ?? null });
  }
  return absent.values();
}

function newestClicks({ expected, clicks }: People): Map<string, number> {
  const newest = new Map<string, number>();
  const note = (userId: string, at: string) =>
    newest.set(userId, Math.max(Date.parse(at), newest.get(userId) ?? Number.NEGATIVE_INFINITY));
  for (const { userId, clickedAt } of expected) if (clickedAt !== null) note(userId, clickedAt);
  for (const { userId, at } of clicks) note(userId, at);
  return newest;
}

function entryOf(row: ParticipantRow, clicked: Map<string, number>): Entry {
  const { id, name, email, userId } = row;
  return { key: id, name, email, row, clickedAt: userId === null ? null : (clicked.get(userId) ?? null) };
}

type Order = (a: Entry, b: Entry) => number;

const byName: Order = (a, b) => a.name.localeCompare(b.name) || (a.key < b.key ? -1 : 1);
const byClick: Order = (a, b) => (b.clickedAt ?? 0) - (a.clickedAt ?? 0) || byName(a, b);
const byNewest: Order = (a, b) => time(b.row?.hereSince) - time(a.row?.hereSince) || byName(a, b);
const byLeaving: Order = (a, b) => time(b.row?.leaveTime) - time(a.row?.leaveTime) || byName(a, b);

const ORDERS: Readonly<Record<GroupName, Order>> = {
  expected: byClick,
  missing: byClick,
  waiting: byName,
  here: byNewest,
  away: byLeaving,
  came: byName,
  notSeen: byClick,
  unmatched: byNewest,
};

function time(instant: string | null | undefined): number {
  return instant === null || instant === undefined ? 0 : Date.parse(instant);
}

/** The groups with only those whose name or e-mail holds the text; without a text all. */
export function found(groups: readonly Group[], text: string): readonly Group[] {
  const wanted = folded(text.trim());
  if (wanted === "") return groups;
  return groups
    .map(({ name, entries }) => ({
      name,
      entries: entries.filter((entry) => folded(`${entry.name} ${entry.email}`).includes(wanted)),
    }))
    .filter(({ entries }) => entries.length > 0);
}

/** How long somebody has been in the room, in ms: finished stays and the one that goes on. */
export function timeHere({ durationSeconds, hereSince }: ParticipantRow, nowMs: number): number {
  const running = hereSince === null ? 0 : Math.max(0, nowMs - Date.parse(hereSince));
  return durationSeconds * 1_000 + running;
}
