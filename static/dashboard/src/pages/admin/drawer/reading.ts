/** Reads what the picture does not hold of one meeting: its roster, who clicked, and who was there once it is over. */
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../../api";
import type { MeetingView } from "../../../wire";
import { readMeeting, readPeople, type PeopleAnswer } from "../rest";

export interface Reading {
  /** The meeting as REST has it; null before the first answer. */
  readonly meeting: MeetingView | null;
  /** Null for whoever is not staff of the meeting, and before the first answer. */
  readonly people: PeopleAnswer | null;
  readonly isReading: boolean;
  readonly error: ApiError | null;
  readonly again: () => void;
}

type Known = Omit<Reading, "again">;

const START: Known = { meeting: null, people: null, isReading: true, error: null };

/**
 * Reads anew whenever `stamp` changes; what was read stays in sight meanwhile. Null: it is too early to read.
 *
 * `isStaff` is false for whoever is known not to run the meeting.
 */
export function useReading(id: string, isStaff: boolean, stamp: string | null): Reading {
  const [known, setKnown] = useState(START);
  const turn = useRef(0);

  async function read() {
    const mine = ++turn.current;
    setKnown((before) => ({ ...before, isReading: true }));
    try {
      const found = await readAs(id, isStaff);
      if (mine === turn.current) setKnown({ ...found, isReading: false, error: null });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (mine === turn.current) setKnown((before) => ({ ...before, isReading: false, error }));
    }
  }

  useEffect(() => {
    if (stamp !== null) void read();
    return () => {
      turn.current += 1;
    };
  }, [id, isStaff, stamp]);
  return { ...known, again: () => void read() };
}

/** The people for staff; for others the meeting alone. Whoever is not known to be staff finds out. */
async function readAs(id: string, isStaff: boolean): Promise<Pick<Known, "meeting" | "people">> {
  if (isStaff) {
    try {
      const people = await readPeople(id);
      return { meeting: people.meeting, people };
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 403) throw error;
    }
  }
  return { meeting: (await readMeeting(id)).meeting, people: null };
}
