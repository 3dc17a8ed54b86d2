/** One meeting of the list. A press anywhere opens it; right, long press and ⋯ open its menu. */
import type { ComponentChildren } from "preact";
import { Ellipsis } from "lucide";
import { forWhom } from "../../../audience";
import { Changing } from "../../../components/Changing";
import { Chip } from "../../../components/Chip";
import { Icon } from "../../../components/Icon";
import { Time } from "../../../components/Time";
import { timeInOwnZone } from "../../../i18n/times";
import { startOf } from "../../../states";
import { isStaffView } from "../../../store";
import type { MeetingView } from "../../../wire";
import { t } from "../texts";
import { usePress } from "./press";
import type { Row } from "./MeetingTable";
import { attendancePercent, standingText, startText } from "./words";

interface MeetingRowProps extends Row {
  isOpen: boolean;
  /** Whether Tab stops here. */
  isStop: boolean;
  nowMs: number;
  href: string;
  onOpen: (id: string) => void;
  onMenu: (meeting: MeetingView, box: DOMRect) => void;
}

export function MeetingRow({ meeting, state, isGone, isOpen, isStop, nowMs, href, onOpen, onMenu }: MeetingRowProps) {
  const { id, topic } = meeting;
  const tabIndex = isStop ? 0 : -1;
  const press = usePress({ onPress: () => onOpen(id), onMenu: (box) => onMenu(meeting, box) });
  return (
    <tr
      role="row"
      data-row={id}
      class={`meeting-row ${isOpen ? "open" : ""} ${isGone ? "gone" : ""}`}
      {...(!isGone && press)}
    >
      <td role="cell" class="col-status">
        <Changing of={state} class="flash chip-flash">
          {isGone ? <span class="chip tone-ended">{t("list.removed")}</span> : <Chip state={state} />}
        </Changing>
      </td>
      <th role="rowheader" scope="row" class="col-meeting">
        <a data-open href={href} tabIndex={tabIndex} aria-haspopup="dialog">
          <Changing of={topic} />
        </a>
        <span class="muted">
          <Changing of={forWhom(meeting, (openTo) => t(`audience.${openTo}`)) ?? t("list.noClass")} />
        </span>
      </th>
      <td role="cell" class="col-host" data-label={t("list.host")}>
        <Changing of={meeting.host.name} />
      </td>
      <td role="cell" class="col-starts" data-label={t("list.starts")}>
        <Starts meeting={meeting} state={state} nowMs={nowMs} />
      </td>
      <td role="cell" class="col-inMeeting numbers" data-label={t("list.inMeeting")}>
        <InMeeting meeting={meeting} />
      </td>
      <td role="cell" class="col-attendance numbers" data-label={t("list.attendance")}>
        <Attendance meeting={meeting} />
      </td>
      <td role="cell" class="col-clicks numbers" data-label={t("list.clicks")}>
        {isStaffView(meeting) ? <Changing of={meeting.clickCount} /> : <None />}
      </td>
      <td role="cell" class="col-menu">
        {!isGone && (
          <button
            type="button"
            class="button icon plain"
            tabIndex={tabIndex}
            aria-haspopup="menu"
            aria-label={t("list.actionsFor", { topic })}
            onClick={({ currentTarget }) => onMenu(meeting, currentTarget.getBoundingClientRect())}
          >
            <Icon of={Ellipsis} size={18} />
          </button>
        )}
      </td>
    </tr>
  );
}

function None(): ComponentChildren {
  return <span class="muted">{t("list.none")}</span>;
}

function Starts({ meeting, state, nowMs }: Pick<MeetingRowProps, "meeting" | "state" | "nowMs">) {
  const start = startOf(meeting) ?? (meeting.started_at === null ? null : Date.parse(meeting.started_at));
  const text = startText(meeting, nowMs);
  if (start === null || text === null) return <span class="muted">{t("list.noTime")}</span>;
  const standing = standingText(meeting, state, nowMs);
  const elsewhere = "timezone" in meeting ? timeInOwnZone(start, meeting.timezone) : null;
  return (
    <span>
      <Changing of={text}>
        <Time at={start}>{text}</Time>
      </Changing>
      {standing !== "" && <span class={state === "late" ? "late-text" : "muted"}> · {standing}</span>}
      {elsewhere !== null && <span class="elsewhere muted">{elsewhere}</span>}
    </span>
  );
}

/** Of a class, those of the roster who are in the room; whoever else is there, the host too, stands behind. */
function InMeeting({ meeting }: { meeting: MeetingView }) {
  if (meeting.status !== "started" && meeting.status !== "waiting") return <None />;
  const all = meeting.participantCount;
  if (!("hereCount" in meeting) || meeting.expectedCount === 0) return <Changing of={all}>{all}</Changing>;
  const { hereCount, expectedCount } = meeting;
  const others = all - hereCount;
  return (
    <Changing of={`${hereCount} ${others} ${expectedCount}`}>
      {hereCount}
      <span class="muted"> / {expectedCount}</span>
      {others > 0 && (
        <span class="muted" title={t("list.others", { count: others })}>
          {` +${others}`}
        </span>
      )}
    </Changing>
  );
}

function Attendance({ meeting }: { meeting: MeetingView }) {
  if (!("hereCount" in meeting) || meeting.status !== "started") return <None />;
  const { hereCount, expectedCount } = meeting;
  const percent = attendancePercent(hereCount, expectedCount);
  if (percent === null) return <None />;
  return (
    <Changing of={percent}>
      <span class="bar" title={t("list.ofExpected", { count: hereCount, expected: expectedCount })}>
        <span class="bar-track" aria-hidden="true">
          <span class="bar-fill" style={{ inlineSize: `${percent}%` }} />
        </span>
        {percent}%
      </span>
    </Changing>
  );
}
