/** The meetings that are over, the latest first: those the picture knows as it has them, the others read page by page. */
import { useEffect, useRef, useState } from "preact/hooks";
import { CircleAlert } from "lucide";
import { ApiError } from "../../../api";
import { Icon } from "../../../components/Icon";
import { Skeleton } from "../../../components/Skeleton";
import { t as shared } from "../../../i18n";
import { picture } from "../../../live";
import { isOver, screenState, startOf } from "../../../states";
import type { MeetingView } from "../../../wire";
import { explain } from "../explain";
import { readPast } from "../rest";
import { t } from "../texts";
import { EmptyList } from "./EmptyList";
import { addressOf, listed, type Filters } from "./filters";
import { MeetingTable } from "./MeetingTable";

interface PastListProps {
  path: string;
  filters: Filters;
  openId: string;
  nowMs: number;
  onOpen: (id: string) => void;
  onMenu: (meeting: MeetingView, box: DOMRect) => void;
}

interface Past {
  readonly found: readonly MeetingView[];
  /** Where the next page begins; null: at the end. */
  readonly next: string | null;
  readonly isReading: boolean;
  readonly problem: string;
}

const NOTHING: Past = { found: [], next: "", isReading: true, problem: "" };

export function PastList({ path, filters, openId, nowMs, onOpen, onMenu }: PastListProps) {
  const { past, more } = usePast(filters);
  const { meetings, removed } = picture.value;
  const known = new Map(past.found.filter(({ id }) => !removed.has(id)).map((read) => [read.id, read]));
  for (const meeting of listed(meetings.values(), filters, nowMs).meetings) known.set(meeting.id, meeting);
  const rows = [...known.values()]
    .map((read) => meetings.get(read.id) ?? read)
    .map((meeting) => ({ meeting, state: screenState(meeting, nowMs), isGone: false }))
    .filter(({ state }) => (filters.state === null ? isOver(state) : state === filters.state))
    .sort((a, b) => (startOf(b.meeting) ?? 0) - (startOf(a.meeting) ?? 0));
  if (past.found.length === 0 && past.isReading) return <Skeleton count={5} class="rows" />;
  return (
    <>
      {rows.length > 0 && (
        <MeetingTable
          rows={rows}
          openId={openId}
          nowMs={nowMs}
          hrefOf={(id) => addressOf(path, filters, id)}
          onOpen={onOpen}
          onMenu={onMenu}
        />
      )}
      {past.problem !== "" && (
        <p class="problem" role="alert">
          <Icon of={CircleAlert} />
          {t("page.failed")} {past.problem}
        </p>
      )}
      {rows.length === 0 && past.problem === "" && past.next === null && <EmptyList path={path} filters={filters} />}
      {(past.next !== null || past.problem !== "") && (
        <div class="pager">
          <button type="button" class="button" disabled={past.isReading} onClick={more}>
            {past.isReading ? t("list.loading") : past.problem === "" ? t("list.more") : shared("app.retry")}
          </button>
        </div>
      )}
    </>
  );
}

function usePast(filters: Filters): { past: Past; more: () => void } {
  const [past, setPast] = useState(NOTHING);
  const asked = useRef(0);

  async function read(known: readonly MeetingView[], after: string) {
    const turn = ++asked.current;
    setPast({ found: known, next: after, isReading: true, problem: "" });
    try {
      const { meetings, next } = await readPast(filters, after);
      if (turn === asked.current) setPast({ found: [...known, ...meetings], next, isReading: false, problem: "" });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (turn === asked.current) setPast({ found: known, next: after, isReading: false, problem: explain(error) });
    }
  }

  useEffect(() => {
    void read([], "");
  }, [filters.state, filters.classId, filters.text]);
  return { past, more: () => void read(past.found, past.next ?? "") };
}
