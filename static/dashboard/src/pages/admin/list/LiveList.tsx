/** The list as it is now: filtered, in order, fifty to a page, and still where somebody is about to press. */
import { useEffect, useRef } from "preact/hooks";
import { ArrowUp } from "lucide";
import { Icon } from "../../../components/Icon";
import { screenState } from "../../../states";
import type { MeetingView } from "../../../wire";
import { t } from "../texts";
import { useAnchors } from "./anchors";
import { addressOf, PAGE_SIZE, type Filters, type Listing } from "./filters";
import { focusRow, MeetingTable, type Row } from "./MeetingTable";
import { ownMeetings } from "./own";
import { Pager } from "./Pager";
import { settle } from "./settle";

interface LiveListProps {
  path: string;
  filters: Filters;
  listing: Listing;
  /** Every meeting of the picture, for rows that stay although they no longer pass. */
  meetings: ReadonlyMap<string, MeetingView>;
  openId: string;
  nowMs: number;
  onOpen: (id: string) => void;
  onMenu: (meeting: MeetingView, box: DOMRect) => void;
}

export function LiveList({ path, filters, listing, meetings, nowMs, openId, onOpen, onMenu }: LiveListProps) {
  const anchors = useAnchors();
  const { ids, heldBack, isHeld } = useSettledIds(listing, addressOf("", filters), anchors.ids());
  const lookUp = useLastKnown(meetings);
  const pages = Math.max(1, Math.ceil(ids.length / PAGE_SIZE));
  const page = Math.min(filters.page, pages);
  const shown = ids.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
  const rows = shown.flatMap((id): Row[] => {
    const meeting = lookUp(id);
    return meeting === undefined ? [] : [{ meeting, state: screenState(meeting, nowMs), isGone: !meetings.has(id) }];
  });

  function letIn() {
    anchors.release();
    requestAnimationFrame(() => focusRow(listing.meetings[(page - 1) * PAGE_SIZE]?.id ?? ""));
  }

  return (
    <div class="live-list" {...anchors.handlers}>
      <div class="above-place" aria-live="polite">
        {isHeld && (heldBack.length > 0 || isMoved(ids, listing)) && (
          <button type="button" class="button small above" onClick={letIn}>
            {heldBack.length > 0 ? t("list.newAbove", { count: heldBack.length }) : t("list.orderChanged")}
            <Icon of={ArrowUp} size={14} />
          </button>
        )}
      </div>
      <MeetingTable
        rows={rows}
        openId={openId}
        nowMs={nowMs}
        hrefOf={(id) => addressOf(path, filters, id)}
        onOpen={onOpen}
        onMenu={onMenu}
      />
      {pages > 1 && <Pager path={path} filters={{ ...filters, page }} pages={pages} total={ids.length} />}
    </div>
  );
}

/** Whether rows that should be higher or gone are kept where they were. */
function isMoved(ids: readonly string[], { meetings }: Listing): boolean {
  return meetings.some(({ id }, place) => ids[place] !== id);
}

function useSettledIds({ meetings }: Listing, filterKey: string, anchors: ReadonlySet<string>) {
  const shown = useRef<{ key: string; ids: readonly string[] }>({ key: filterKey, ids: [] });
  const due = meetings.map(({ id }) => id);
  const settled = settle(shown.current.key === filterKey ? shown.current.ids : [], due, anchors, ownMeetings.value);
  shown.current = { key: filterKey, ids: settled.ids };
  return settled;
}

/** Meetings by id, also one that has just gone: its row may still be under the pointer. */
function useLastKnown(meetings: ReadonlyMap<string, MeetingView>): (id: string) => MeetingView | undefined {
  const gone = useRef(new Map<string, MeetingView>());
  const before = useRef(meetings);
  if (before.current !== meetings) {
    for (const [id, meeting] of before.current) if (!meetings.has(id)) gone.current.set(id, meeting);
    before.current = meetings;
  }
  useEffect(() => {
    for (const id of gone.current.keys()) if (meetings.has(id)) gone.current.delete(id);
  }, [meetings]);
  return (id) => meetings.get(id) ?? gone.current.get(id);
}
