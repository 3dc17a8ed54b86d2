/** One class: what it is called now, when it is, and the one thing to do about it, always in the same place. */
import { ArrowUpRight } from "lucide";
import { forWhom } from "../../audience";
import { Chip } from "../../components/Chip";
import { Icon } from "../../components/Icon";
import { Time } from "../../components/Time";
import { t } from "../../i18n";
import { clockTime, isSameDay, shortDay, span, timeInOwnZone, timeRange, timeUntil } from "../../i18n/times";
import { endOf, isJoinable, JOIN_EARLY_MS, screenState, startOf, type ScreenState } from "../../states";
import type { MeetingView, OwnState } from "../../wire";
import { noteJoin } from "./joins";
import { endedAt } from "./sections";

const MINUTE_MS = 60_000;

export interface CardProps {
  meeting: MeetingView;
  /** The server's time. */
  nowMs: number;
  /** When this page last heard the server, if it does not hear it now: what was true then is said as of then. */
  staleSince: number | null;
  own: OwnState["state"] | undefined;
  /** When Join was pressed here. */
  openedAt: number | undefined;
  isArriving: boolean;
}

export function MeetingCard({ isArriving, ...card }: CardProps) {
  const { meeting, nowMs, staleSince } = card;
  const state = screenState(meeting, nowMs);
  const liveAt =
    state === "live" && staleSince !== null ? t("state.liveAt", { time: clockTime(staleSince) }) : undefined;
  return (
    <article class={`card meeting is-${state}${isArriving ? " arriving" : ""}`} aria-labelledby={`topic-${meeting.id}`}>
      <div class="meeting-top">
        <Chip state={state} {...(liveAt !== undefined && { text: liveAt })} />
        <span class="muted numbers">{cornerOf(meeting, state, nowMs, staleSince)}</span>
      </div>
      <h3 id={`topic-${meeting.id}`}>{meeting.topic}</h3>
      <p class="muted">
        {[forWhom(meeting, (openTo) => t(`student.${openTo}`)), meeting.host.name].filter(Boolean).join(" · ")}
      </p>
      <p class="muted meeting-when">
        <When meeting={meeting} nowMs={nowMs} />
        {state === "live" && staleSince === null && startedText(meeting, nowMs)}
      </p>
      <Action {...card} state={state} />
    </article>
  );
}

function cornerOf(meeting: MeetingView, state: ScreenState, nowMs: number, staleSince: number | null): string {
  const start = startOf(meeting);
  if (state === "live") {
    const count = meeting.participantCount;
    return staleSince === null
      ? t("student.here", { count })
      : t("student.hereAt", { count, time: clockTime(staleSince) });
  }
  if (start === null || !(state === "late" || state === "ready" || state === "scheduled")) return "";
  if (staleSince !== null) return isSameDay(start, nowMs) ? clockTime(start) : shortDay(start);
  if (state === "late") return nowMs - start < MINUTE_MS ? "" : t("student.lateBy", { span: span(nowMs - start) });
  return timeUntil(start, nowMs);
}

function When({ meeting, nowMs }: { meeting: MeetingView; nowMs: number }) {
  const start = startOf(meeting);
  const end = endOf(meeting);
  if (start === null || end === null) return <>{t("student.noTime")}</>;
  const range = timeRange(start, end);
  const elsewhere = "timezone" in meeting ? timeInOwnZone(start, meeting.timezone) : null;
  const parts = [isSameDay(start, nowMs) ? "" : shortDay(start), range, elsewhere ?? ""];
  return <Time at={start}>{parts.filter(Boolean).join(" · ")}</Time>;
}

function startedText(meeting: MeetingView, nowMs: number): string {
  if (meeting.started_at === null) return "";
  const ago = nowMs - Date.parse(meeting.started_at);
  return ` · ${ago < MINUTE_MS ? t("student.startedNow") : t("student.startedAgo", { span: span(ago) })}`;
}

const IN_ROOM = {
  here: "student.inRoom",
  waiting_room: "student.inWaitingRoom",
  away: "student.leftRoom",
} as const;

function standing(own: OwnState["state"] | undefined, openedAt: number | undefined): string | null {
  if (own === "here" || own === "waiting_room" || own === "away") return t(IN_ROOM[own]);
  return openedAt === undefined ? null : t("student.openedAt", { time: clockTime(openedAt) });
}

function Action({ meeting, nowMs, own, openedAt, state }: Omit<CardProps, "isArriving"> & { state: ScreenState }) {
  if (!isJoinable(state)) {
    const text = restingText(meeting, state, nowMs);
    return text === null ? null : <p class="meeting-action resting muted">{text}</p>;
  }
  const isLive = state === "live";
  const said = standing(own, openedAt);
  const label = said !== null ? t("student.rejoin") : t(isLive ? "student.joinLive" : "student.join");
  const note = () => noteJoin(meeting.id);
  // One link whatever is said beside it, so that focus stays on it when it has been pressed.
  return (
    <div class={said === null ? "meeting-action" : "meeting-action joined"}>
      {said !== null && <span key="said">{said}</span>}
      <a
        key="join"
        class={said !== null ? "rejoin" : `button tall wide${isLive ? " solid" : ""}`}
        href={"join_url" in meeting ? meeting.join_url : `/join/${meeting.id}`}
        target="_blank"
        rel="noopener"
        aria-label={t("student.joinLabel", { action: label, topic: meeting.topic })}
        onClick={note}
        onAuxClick={note}
      >
        {label}
        {said === null && <Icon of={ArrowUpRight} />}
      </a>
    </div>
  );
}

/** What stands in the button's place when there is nothing to press; null where the card is folded away anyway. */
function restingText(meeting: MeetingView, state: ScreenState, nowMs: number): string | null {
  const start = startOf(meeting);
  if (state === "cancelled") return t("student.cancelled");
  if (state === "ended") return t("student.endedAt", { time: clockTime(endedAt(meeting, nowMs)) });
  if (state !== "scheduled" || start === null) return null;
  const opens = start - JOIN_EARLY_MS;
  return isSameDay(opens, nowMs)
    ? t("student.opensAt", { time: clockTime(opens) })
    : t("student.opensOn", { day: shortDay(opens), time: clockTime(opens) });
}
