/**
 * Says who came into the meeting that is looked at, for whoever does not see it: at most once in five seconds, and
 * together.
 */
import { useEffect, useRef } from "preact/hooks";
import { newsVoice } from "../../../announce";
import { picture } from "../../../live";
import type { MeetingView } from "../../../wire";
import type { Rows } from "../../../store";
import { t } from "../texts";

const TOGETHER_MS = 5_000;

export function useArrivals(meeting: MeetingView | undefined): void {
  const rows = meeting === undefined ? undefined : picture.value.participants.get(meeting.id);
  const known = useRef<ReadonlySet<string> | null>(null);
  const latest = useRef({ rows, topic: meeting?.topic ?? "" });
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  latest.current = { rows, topic: meeting?.topic ?? "" };

  useEffect(() => {
    known.current ??= idsHere(rows); // those who are here when the drawer opens are no news
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      const here = idsHere(latest.current.rows);
      const count = [...here].filter((id) => known.current?.has(id) !== true).length;
      known.current = here;
      if (count > 0) newsVoice.say(t("people.arrived", { count, topic: latest.current.topic }));
    }, TOGETHER_MS);
  }, [rows]);
  useEffect(() => () => clearTimeout(timer.current), []);
}

function idsHere(rows: Rows | undefined): ReadonlySet<string> {
  return new Set([...(rows?.values() ?? [])].filter(({ state }) => state === "here").map(({ id }) => id));
}
