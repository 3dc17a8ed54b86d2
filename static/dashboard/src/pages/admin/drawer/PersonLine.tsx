/** One person of a meeting. It is drawn anew only when their row changes; the time here moves by itself. */
import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { initials } from "../../../components/Header";
import { Time } from "../../../components/Time";
import { clockTime } from "../../../i18n/times";
import type { ParticipantRow } from "../../../wire";
import { stay } from "../list/words";
import { t } from "../texts";
import { shownNow } from "../time";
import { timeHere, type Entry, type GroupName, type Phase } from "./groups";

interface PersonLineProps {
  entry: Entry;
  group: GroupName;
  phase: Phase;
}

export function PersonLine({ entry, group, phase }: PersonLineProps) {
  const { row, clickedAt, name } = entry;
  const isStranger = group === "unmatched" || (group === "waiting" && row?.userId === null);
  return (
    <li class="person-line">
      <span class={isStranger ? "avatar stranger" : "avatar"} aria-hidden="true">
        {isStranger ? "?" : initials(inReadingOrder(name))}
      </span>
      <div class="person-what">
        <p class="person-name">{name}</p>
        {row === null ? (
          <p class={clickedAt !== null && phase === "live" ? "late-text" : "muted"}>{absentText(group, clickedAt)}</p>
        ) : (
          <Came row={row} group={group} />
        )}
      </div>
      {row !== null && row.joinTime !== null && <TimeHere row={row} />}
    </li>
  );
}

/** "Dizon, Paolo" has the initials of Paolo Dizon. */
function inReadingOrder(name: string): string {
  const [last, first] = name.split(",");
  return first === undefined ? name : `${first} ${last}`;
}

function absentText(group: GroupName, clickedAt: number | null): string {
  if (group === "notSeen") {
    return clickedAt === null ? t("people.neverClicked") : t("people.clickedNeverIn", { time: clockTime(clickedAt) });
  }
  if (clickedAt === null) return t("people.noClick");
  return t(group === "expected" ? "people.clickedBefore" : "people.clicked", { time: clockTime(clickedAt) });
}

function Came({ row, group }: { row: ParticipantRow; group: GroupName }) {
  const parts: string[] = [];
  if (row.role === "host" || row.role === "staff") parts.push(t(`role.${row.role}`));
  if (group === "notSeen") parts.push(t("people.onlyWaited"));
  if (group === "waiting") parts.push(t("people.waits"));
  if (row.joinTime !== null) parts.push(t("people.joined", { time: clockTime(Date.parse(row.joinTime)) }));
  if (row.leaveTime !== null && row.state !== "here") {
    parts.push(t("people.left", { time: clockTime(Date.parse(row.leaveTime)) }));
  }
  if (row.rejoins > 0) parts.push(t("people.rejoins", { count: row.rejoins }));
  const at = row.joinTime === null ? null : Date.parse(row.joinTime);
  const text = parts.join(" · ");
  return (
    <p class="muted">
      {row.matchedBy !== null && <span class="badge">{t(`match.${row.matchedBy}`)}</span>}
      {at === null ? text : <Time at={at}>{text}</Time>}
    </p>
  );
}

function TimeHere({ row }: { row: ParticipantRow }) {
  const text = useMemo(() => {
    // In whole steps first: after a minute the text is made once a minute, not every second for each of five hundred.
    const steps = computed(() => {
      const here = timeHere(row, shownNow.value);
      return here - (here % (here < 60_000 ? 1_000 : 60_000));
    });
    return computed(() => stay(steps.value));
  }, [row]);
  return <span class="person-time numbers">{text}</span>;
}
