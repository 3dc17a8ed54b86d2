/** Everything that was set for a meeting, and what is known of how it went. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../../../api";
import { now } from "../../../clock";
import { Time } from "../../../components/Time";
import { span, whenText, zoneCity } from "../../../i18n/times";
import { startOf } from "../../../states";
import { isStaffView } from "../../../store";
import type { MeetingSettings, MeetingView } from "../../../wire";
import { joinLinkOf } from "../doings";
import { explain } from "../explain";
import { scheduleText } from "../list/words";
import { readMeeting } from "../rest";
import { AUDIENCES } from "../schedule/draft";
import { offsetName } from "../schedule/zones";
import { t } from "../texts";
import { zoomIdText } from "./DrawerHead";

export function Details({ meeting, mayKnowPasscode }: { meeting: MeetingView; mayKnowPasscode: boolean }) {
  const schedule = scheduleText(meeting, now.value);
  const start = startOf(meeting);
  return (
    <div class="details">
      <h3>{t("details.meeting")}</h3>
      <dl>
        <Line name={t("details.class")}>{meeting.class?.name ?? t("list.noClass")}</Line>
        <Line name={t("details.host")}>
          {meeting.host.name}
          {isStaffView(meeting) && meeting.host.email !== "" && <div class="muted">{meeting.host.email}</div>}
        </Line>
        {"audience" in meeting && <Line name={t("details.audience")}>{audienceText(meeting.audience)}</Line>}
        <Line name={t("details.starts")}>
          {start === null || schedule === null ? t("list.noTime") : <Time at={start}>{schedule}</Time>}
        </Line>
        <Line name={t("details.duration")}>{span(meeting.duration * 60_000)}</Line>
        {"timezone" in meeting && meeting.timezone !== "" && (
          <Line name={t("details.timeZone")}>{zoneText(meeting.timezone, start ?? now.peek())}</Line>
        )}
        <Moment name={t("details.startedAt")} at={meeting.started_at} />
        {"ended_at" in meeting && <Moment name={t("details.endedAt")} at={meeting.ended_at} />}
        {"agenda" in meeting && meeting.agenda !== "" && (
          <Line name={t("details.agenda")}>
            <span class="long-text">{meeting.agenda}</span>
          </Line>
        )}
      </dl>
      {isStaffView(meeting) && (
        <>
          <h3>{t("details.room")}</h3>
          <dl>
            <Line name={t("details.zoomId")}>{zoomIdText(meeting.zoom_meeting_id)}</Line>
            {mayKnowPasscode && (
              <Line name={t("details.passcode")}>
                <Passcode id={meeting.id} />
              </Line>
            )}
            <Line name={t("details.joinLink")}>{joinLinkOf(meeting)}</Line>
            <Line name={t("details.expected")}>{meeting.expectedCount}</Line>
            <Line name={t("details.clicks")}>{meeting.clickCount}</Line>
            <Settings settings={meeting.settings} />
          </dl>
        </>
      )}
    </div>
  );
}

function Line({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="detail">
      <dt class="muted">{name}</dt>
      <dd class="numbers">{children}</dd>
    </div>
  );
}

function Moment({ name, at }: { name: string; at: string | null }) {
  if (at === null) return null;
  const ms = Date.parse(at);
  return (
    <Line name={name}>
      <Time at={ms}>{whenText(ms, now.value)}</Time>
    </Line>
  );
}

function audienceText(audience: string): string {
  const known = AUDIENCES.find((name) => name === audience);
  return known === undefined ? t("details.unknown") : t(`audience.${known}`);
}

function zoneText(timeZone: string, ms: number): string {
  try {
    return t("form.zone", { city: zoneCity(timeZone), offset: offsetName(ms, timeZone) });
  } catch {
    return timeZone; // a zone this browser does not know
  }
}

const SWITCHES = {
  waiting_room: "form.waitingRoom",
  mute_upon_entry: "form.muteOnEntry",
  host_video: "form.hostVideo",
  participant_video: "form.participantVideo",
  join_before_host: "form.joinBeforeHost",
} as const;
const RECORDINGS = { none: "form.recordingNone", local: "form.recordingLocal", cloud: "form.recordingCloud" } as const;

function Settings({ settings }: { settings: MeetingSettings }) {
  const { auto_recording } = settings;
  return (
    <>
      {(Object.keys(SWITCHES) as (keyof typeof SWITCHES)[]).map((name) => {
        const value = settings[name];
        return (
          <Line key={name} name={t(SWITCHES[name])}>
            {value === undefined ? t("details.unknown") : t(value ? "details.on" : "details.off")}
          </Line>
        );
      })}
      <Line name={t("form.recording")}>
        {t(auto_recording === undefined ? "details.unknown" : RECORDINGS[auto_recording])}
      </Line>
    </>
  );
}

/** Asked for only when somebody wants to see it, and forgotten when they have. */
function Passcode({ id }: { id: string }) {
  const [passcode, setPasscode] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const isShown = passcode !== null;

  async function press() {
    setProblem("");
    if (isShown) return setPasscode(null);
    try {
      setPasscode((await readMeeting(id)).meeting.password ?? "");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(explain(error));
    }
  }
  return (
    <>
      <span>{isShown ? passcode || t("details.noPasscode") : "••••••"}</span>{" "}
      <button
        type="button"
        class="link-button"
        aria-label={t(isShown ? "details.hidePasscode" : "details.showPasscode")}
        onClick={() => void press()}
      >
        {t(isShown ? "details.hide" : "details.show")}
      </button>
      {problem !== "" && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
