/** Which meeting it is, how long it has been running, and what is pressed most. */
import { ArrowUpRight, Copy } from "lucide";
import { now } from "../../../clock";
import { Chip } from "../../../components/Chip";
import { Icon } from "../../../components/Icon";
import { elapsed } from "../../../i18n/times";
import { screenState, type ScreenState } from "../../../states";
import { isStaffView } from "../../../store";
import { say } from "../../../tell";
import type { MeetingView, You } from "../../../wire";
import { copy } from "../clipboard";
import { began, standingText } from "../list/words";
import { reasonText } from "../list/MeetingMenu";
import { obstacle, type Action, type Rights } from "../rights";
import { t } from "../texts";
import { shownNow } from "../time";

interface DrawerHeadProps {
  meeting: MeetingView;
  state: ScreenState;
  rights: Rights;
  you: You;
  onChoose: (action: Action, meeting: MeetingView) => void;
}

/** "845 2291 0763" */
export function zoomIdText(id: string): string {
  return id.length < 9 ? id : `${id.slice(0, 3)} ${id.slice(3, -4)} ${id.slice(-4)}`;
}

export function DrawerHead({ meeting, state, rights, you, onChoose }: DrawerHeadProps) {
  const really = screenState(meeting, now.value); // a room opens whether this page hears of it or not
  const can = (action: Action) => obstacle(action, meeting, really, rights, you) === null;
  const closed = obstacle("join", meeting, really, rights, you);
  return (
    <div class="drawer-head">
      <div class="drawer-standing">
        <Chip state={state} />
        <Standing meeting={meeting} state={state} />
      </div>
      <h2 tabIndex={-1} data-start>
        {meeting.topic}
      </h2>
      <p class="drawer-of muted">
        {meeting.class !== null && <span>{meeting.class.name}</span>}
        <span>{meeting.host.name}</span>
        {isStaffView(meeting) && <ZoomId id={meeting.zoom_meeting_id} />}
      </p>
      <div class="drawer-actions">
        {closed === null && (
          <TabLink isSolid href={`/join/${meeting.id}`} label={t("action.joinTopic", { topic: meeting.topic })}>
            {t("drawer.join")}
          </TabLink>
        )}
        {can("start") && !(state === "ended") && (
          <TabLink href={`/start/${meeting.id}`} label={t("action.startTopic", { topic: meeting.topic })}>
            {t("drawer.start")}
          </TabLink>
        )}
        {can("end") && (
          <button
            type="button"
            class="button danger"
            aria-label={t("action.endTopic", { topic: meeting.topic })}
            onClick={() => onChoose("end", meeting)}
          >
            {t("drawer.end")}
          </button>
        )}
        {closed?.why === "notOpen" && <p class="muted drawer-closed">{reasonText(closed, now.value)}</p>}
      </div>
    </div>
  );
}

function TabLink({ href, label, isSolid = false, children }: TabLinkProps) {
  return (
    <a class={isSolid ? "button solid" : "button"} href={href} target="_blank" rel="noopener" aria-label={label}>
      {children}
      <Icon of={ArrowUpRight} size={14} />
    </a>
  );
}

interface TabLinkProps {
  href: string;
  label: string;
  isSolid?: boolean;
  children: string;
}

function Standing({ meeting, state }: { meeting: MeetingView; state: ScreenState }) {
  const since = began(meeting);
  if (state === "live" && since !== null) {
    const time = elapsed(shownNow.value - since);
    return (
      <strong class="numbers" role="timer" aria-label={t("drawer.elapsed", { time })}>
        {time}
      </strong>
    );
  }
  const text = standingText(meeting, state, shownNow.value);
  return text === "" ? null : <strong class="numbers">{text}</strong>;
}

function ZoomId({ id }: { id: string }) {
  const shown = zoomIdText(id);
  async function press() {
    say({ text: t((await copy(id)) ? "drawer.zoomIdCopied" : "drawer.zoomIdNotCopied", { id: shown }) });
  }
  return (
    <button
      type="button"
      class="copyable numbers"
      aria-label={t("drawer.copyZoomId", { id: shown })}
      onClick={() => void press()}
    >
      {shown}
      <Icon of={Copy} size={14} />
    </button>
  );
}
