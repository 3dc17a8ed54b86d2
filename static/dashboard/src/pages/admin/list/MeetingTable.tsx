/**
 * The meetings as a table, on a phone as cards; walked with the arrows, opened with Enter.
 *
 * One row is in the tab order at a time, so that the table is one stop and not a hundred.
 */
import { useRef, useState } from "preact/hooks";
import type { ScreenState } from "../../../states";
import type { MeetingView } from "../../../wire";
import { t } from "../texts";
import { rowOf } from "./anchors";
import { MeetingRow } from "./MeetingRow";

export interface Row {
  readonly meeting: MeetingView;
  readonly state: ScreenState;
  /** It was deleted while it was pointed at. */
  readonly isGone: boolean;
}

interface MeetingTableProps {
  rows: readonly Row[];
  openId: string;
  nowMs: number;
  /** The address that opens a meeting beside this list. */
  hrefOf: (id: string) => string;
  onOpen: (id: string) => void;
  onMenu: (meeting: MeetingView, box: DOMRect) => void;
}

const COLUMNS = ["status", "meeting", "host", "starts", "inMeeting", "attendance", "clicks"] as const;

/** Moves the focus by so many rows, from wherever it is. */
export function stepRow(by: number): void {
  const links = [...document.querySelectorAll<HTMLElement>(".meeting-table [data-open]")];
  const here = links.findIndex((link) => rowOf(link) === rowOf(document.activeElement));
  const next = here === -1 ? 0 : Math.min(links.length - 1, Math.max(0, here + by));
  links[next]?.focus();
}

/** Puts the focus on the row of a meeting; false when it is not in sight. */
export function focusRow(id: string): boolean {
  const link = document.querySelector<HTMLElement>(`.meeting-table [data-row="${CSS.escape(id)}"] [data-open]`);
  link?.focus();
  return link !== null;
}

export function MeetingTable({ rows, openId, nowMs, hrefOf, onOpen, onMenu }: MeetingTableProps) {
  const [currentId, setCurrent] = useState("");
  const table = useRef<HTMLTableElement>(null);
  const stopId = rows.some(({ meeting }) => meeting.id === currentId) ? currentId : rows[0]?.meeting.id;

  return (
    <table ref={table} class="meeting-table" role="table" aria-label={t("list.label")} onKeyDown={walk}>
      <thead role="rowgroup">
        <tr role="row">
          {COLUMNS.map((name) => (
            <th key={name} role="columnheader" scope="col" class={`col-${name}`}>
              {t(`list.${name}`)}
            </th>
          ))}
          <th role="columnheader" scope="col" class="col-menu">
            <span class="unseen">{t("list.actions")}</span>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup" onFocusIn={({ target }) => setCurrent(rowOf(target) ?? "")}>
        {rows.map((row) => (
          <MeetingRow
            key={row.meeting.id}
            {...row}
            isOpen={isAt(row.meeting, openId)}
            isStop={row.meeting.id === stopId}
            nowMs={nowMs}
            href={hrefOf(row.meeting.id)}
            onOpen={onOpen}
            onMenu={onMenu}
          />
        ))}
      </tbody>
    </table>
  );
}

/** Whether an address means this meeting: it may name ours or Zoom's id. */
function isAt(meeting: MeetingView, id: string): boolean {
  return id !== "" && (meeting.id === id || ("zoom_meeting_id" in meeting && meeting.zoom_meeting_id === id));
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

function walk(event: KeyboardEvent): void {
  const by = STEPS[event.key];
  if (by === undefined || rowOf(event.target) === null) return;
  event.preventDefault();
  stepRow(by);
}
