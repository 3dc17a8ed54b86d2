/** One meeting beside the list: who is here, who is not, and everything that was set. */
import { useRef, useState } from "preact/hooks";
import { X } from "lucide";
import { Icon } from "../../../components/Icon";
import { Skeleton } from "../../../components/Skeleton";
import { link, picture } from "../../../live";
import { screenState } from "../../../states";
import { isStaffView } from "../../../store";
import type { MeetingView, You } from "../../../wire";
import { explain } from "../explain";
import type { Action, Rights } from "../rights";
import { t } from "../texts";
import { shownNow } from "../time";
import { useArrivals } from "./arrivals";
import { Details } from "./Details";
import { DrawerHead } from "./DrawerHead";
import { useFrame } from "./frame";
import { People } from "./People";
import { useReading, type Reading } from "./reading";
import { Tabs } from "./Tabs";

interface DrawerProps {
  /** Ours or Zoom's. */
  id: string;
  you: You;
  rightsOf: (meeting: MeetingView) => Rights;
  isPhone: boolean;
  onClose: () => void;
  onChoose: (action: Action, meeting: MeetingView) => void;
}

export function Drawer({ id, you, rightsOf, isPhone, onClose, onChoose }: DrawerProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [tab, setTab] = useState<"people" | "details">("people");
  const { meetings, removed, isReady } = picture.value;
  const [readId, setReadId] = useState(id);
  const shown = meetings.get(readId);
  const reading = useReading(
    id,
    shown === undefined || isStaffView(shown),
    isReady ? stampOf(shown, link.value.pill) : null,
  );
  if (reading.meeting !== null && reading.meeting.id !== readId) setReadId(reading.meeting.id);
  const isRemoved = removed.has(readId);
  const meeting = isRemoved ? undefined : (shown ?? reading.meeting ?? undefined);
  useFrame(frame, isPhone, onClose);
  useArrivals(meeting);

  const tabs = [
    ...(meeting !== undefined && isStaffView(meeting) ? [{ name: "people" as const, text: t("drawer.people") }] : []),
    { name: "details" as const, text: t("drawer.details") },
  ];
  const current = tabs.some(({ name }) => name === tab) ? tab : "details";
  const rights = meeting === undefined ? null : rightsOf(meeting);
  return (
    <div
      ref={frame}
      class="drawer"
      role="dialog"
      aria-modal={isPhone}
      aria-label={meeting === undefined ? t("drawer.loading") : t("drawer.label", { topic: meeting.topic })}
    >
      <button type="button" class="button icon plain drawer-close" aria-label={t("drawer.close")} onClick={onClose}>
        <Icon of={X} size={18} />
      </button>
      {meeting === undefined || rights === null ? (
        <Missing isRemoved={isRemoved} reading={reading} />
      ) : (
        <>
          <DrawerHead
            meeting={meeting}
            state={screenState(meeting, shownNow.value)}
            rights={rights}
            you={you}
            onChoose={onChoose}
          />
          <Tabs tabs={tabs} current={current} onChoose={setTab}>
            {current === "people" && isStaffView(meeting) ? (
              <People meeting={meeting} reading={reading} />
            ) : (
              <Details meeting={meeting} mayKnowPasscode={rights.mayRun} />
            )}
          </Tabs>
        </>
      )}
    </div>
  );
}

/** What has to change for the roster or the rows of REST to be worth reading again. */
function stampOf(meeting: MeetingView | undefined, pill: string): string {
  if (meeting === undefined) return pill === "live" ? "" : "away";
  const expected = "expectedCount" in meeting ? meeting.expectedCount : 0;
  return [meeting.status, meeting.started_at, meeting.class?.id, expected, pill === "live" ? "" : "away"].join(" ");
}

function Missing({ isRemoved, reading }: { isRemoved: boolean; reading: Reading }) {
  const { error, again } = reading;
  if (isRemoved || error?.status === 404) {
    return (
      <div class="drawer-missing">
        <h2 tabIndex={-1} data-start>
          {t(isRemoved ? "drawer.removed" : "drawer.notFound")}
        </h2>
        <p class="muted">{t("drawer.notFoundHelp")}</p>
      </div>
    );
  }
  if (error === null) {
    return (
      <div class="drawer-missing">
        <h2 class="unseen" tabIndex={-1} data-start>
          {t("drawer.loading")}
        </h2>
        <Skeleton count={6} class="people-skeleton" />
      </div>
    );
  }
  return (
    <div class="drawer-missing" role="alert">
      <h2>{t("drawer.failed")}</h2>
      <p class="muted">{explain(error)}</p>
      <button type="button" class="button" onClick={again}>
        {t("drawer.retry")}
      </button>
    </div>
  );
}
