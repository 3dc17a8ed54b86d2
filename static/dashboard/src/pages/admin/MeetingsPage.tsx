/**
 * The section Meetings: counters, filters, the list, and what opens above it.
 *
 * Which meeting is open and what the list shows stand in the address; only what is being asked or filled in is kept
 * here, and is lost with the page.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { Plus } from "lucide";
import { now } from "../../clock";
import { Icon } from "../../components/Icon";
import { Shell } from "../../components/Shell";
import { Skeleton } from "../../components/Skeleton";
import { areKeysOn, useKeys } from "../../keys";
import { picture } from "../../live";
import { PHONE, useMedia } from "../../media";
import { screenState } from "../../states";
import { isStaffView } from "../../store";
import type { MeetingView, StaffMeeting, You } from "../../wire";
import { classes } from "./classes";
import { AskFirst, copyJoinLink, type Grave } from "./doings";
import { Drawer } from "./drawer/Drawer";
import { Counters } from "./list/Counters";
import { EmptyList } from "./list/EmptyList";
import { FilterBar } from "./list/FilterBar";
import { addressOf, changed, classesIn, isInRange, listed, readFilters, type Filters } from "./list/filters";
import { LiveList } from "./list/LiveList";
import { MeetingMenu } from "./list/MeetingMenu";
import { focusRow, stepRow } from "./list/MeetingTable";
import { PastList } from "./list/PastList";
import { SearchBox } from "./list/SearchBox";
import { NotUnderstood } from "./NotUnderstood";
import { maySchedule, rightsIn, type Action } from "./rights";
import { EditDialog } from "./schedule/EditDialog";
import { NewDialog } from "./schedule/NewDialog";
import { t } from "./texts";
import { isStale, shownNow } from "./time";

interface MeetingsPageProps {
  /** The path of the list. */
  home: string;
  you: You;
  /** The meeting that the path itself names; empty: none. */
  pathMeetingId: string;
  isCreateAsked: boolean;
  otherPaths: readonly string[];
}

type Asked =
  | { readonly what: "new" }
  | { readonly what: "edit"; readonly meeting: StaffMeeting }
  | { readonly what: Grave; readonly meeting: MeetingView };

export function MeetingsPage({ home, you, pathMeetingId, isCreateAsked, otherPaths }: MeetingsPageProps) {
  const { query, route } = useLocation();
  const [asked, ask] = useState<Asked | null>(null);
  const [menu, setMenu] = useState<{ meeting: MeetingView; box: DOMRect } | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const isPhone = useMedia(PHONE);

  const { meetings, isReady } = picture.value;
  const nowMs = shownNow.value;
  const filters = readFilters(query);
  const openId = pathMeetingId || (query["meeting"] ?? "");
  const listing = listed(meetings.values(), filters, nowMs);
  const mayMake = maySchedule(you, classes.value);
  const isMaking = asked?.what === "new" || (isCreateAsked && mayMake);

  const go = (next: Filters, id = openId) => route(addressOf(home, next, id));
  const open = (id: string) => go(filters, id);
  const rights = (meeting: MeetingView) => rightsIn(meeting, you, classes.value);

  function close() {
    const id = openId;
    go(filters, "");
    requestAnimationFrame(() => focusRow(id));
  }

  function choose(action: Action, meeting: MeetingView) {
    if (action === "open") open(meeting.id);
    else if (action === "copy") void copyJoinLink(meeting);
    else if (action === "edit") isStaffView(meeting) && ask({ what: "edit", meeting });
    else if (action === "end" || action === "cancel" || action === "delete") ask({ what: action, meeting });
  }

  function closeDialog() {
    ask(null);
    if (isCreateAsked) route(home, true);
  }

  /** Shows the days a new meeting is in, so that its row is seen to come. */
  function follow(made: StaffMeeting) {
    if (listed([made], filters, nowMs).meetings.length > 0) return;
    const range = (["today", "week"] as const).find((days) => isInRange(made, days, nowMs)) ?? "all";
    route(addressOf(home, changed(readFilters({}), { range })), true);
  }

  const newButton = useRef<HTMLButtonElement>(null);
  const wasMaking = useRef(false);
  useEffect(() => {
    // The button was away while the dialog was open, so the dialog could not give the focus back to it.
    if (wasMaking.current && !isMaking && document.activeElement === document.body) newButton.current?.focus();
    wasMaking.current = isMaking;
  }, [isMaking]);

  useKeys({
    n: () => mayMake && !isMaking && ask({ what: "new" }),
    "/": () => search.current?.focus(),
    j: () => stepRow(1),
    k: () => stepRow(-1),
  });

  const onMenu = (meeting: MeetingView, box: DOMRect) => setMenu({ meeting, box });
  const list = { path: home, filters, openId, nowMs, onOpen: open, onMenu };
  const searchBox = <SearchBox text={filters.text} field={search} onText={(text) => go(changed(filters, { text }))} />;
  const inMenu = menu === null ? null : (meetings.get(menu.meeting.id) ?? menu.meeting);

  return (
    <Shell
      title={t("page.title")}
      sections={[{ href: home, text: t("page.title"), alsoAt: otherPaths }]}
      search={isPhone ? undefined : searchBox}
    >
      <div class={`meetings-page ${mayMake ? "with-button" : ""} ${isStale.value ? "stale" : ""}`}>
        <h1 class="unseen">{t("page.title")}</h1>
        <Counters path={home} />
        {you.role === "admin" && <NotUnderstood />}
        {isPhone && searchBox}
        <FilterBar
          path={home}
          filters={filters}
          counts={filters.range === "past" ? null : listing.counts}
          classes={classes.value.length > 0 ? classes.value : classesIn(meetings.values())}
          nowMs={nowMs}
          onChoose={(next) => go(next)}
        />
        {filters.range === "past" ? (
          <PastList {...list} />
        ) : !isReady ? (
          <Skeleton count={6} class="rows" />
        ) : listing.meetings.length === 0 ? (
          <EmptyList path={home} filters={filters} />
        ) : (
          <LiveList {...list} listing={listing} meetings={meetings} />
        )}
      </div>
      {mayMake && !isMaking && asked === null && openId === "" && (
        <button
          ref={newButton}
          type="button"
          class="button solid new-button"
          aria-keyshortcuts={areKeysOn.value ? "N" : undefined}
          onClick={() => ask({ what: "new" })}
        >
          <Icon of={Plus} size={20} />
          <span>{t("new.button")}</span>
        </button>
      )}
      {openId !== "" && (
        <Drawer
          key={openId}
          id={openId}
          you={you}
          rightsOf={rights}
          isPhone={isPhone}
          onClose={close}
          onChoose={choose}
        />
      )}
      {menu !== null && inMenu !== null && (
        <MeetingMenu
          key={menu.meeting.id}
          meeting={inMenu}
          state={screenState(inMenu, now.value)}
          rights={rights(inMenu)}
          you={you}
          nowMs={now.value}
          box={menu.box}
          onChoose={choose}
          onClose={() => setMenu(null)}
        />
      )}
      {isMaking && <NewDialog you={you} onClose={closeDialog} onMade={follow} />}
      {asked?.what === "edit" && <EditDialog you={you} meeting={asked.meeting} onClose={closeDialog} />}
      {asked !== null && asked.what !== "new" && asked.what !== "edit" && (
        <AskFirst what={asked.what} meeting={meetings.get(asked.meeting.id) ?? asked.meeting} onClose={closeDialog} />
      )}
    </Shell>
  );
}
