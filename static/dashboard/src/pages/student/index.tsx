/** What a student can join now, and what comes next. Nothing here is kept: it is drawn from the picture and the clock. */
import { useEffect, useRef } from "preact/hooks";
import { newsVoice } from "../../announce";
import { now } from "../../clock";
import { Shell } from "../../components/Shell";
import { Skeleton } from "../../components/Skeleton";
import { t } from "../../i18n";
import { zoneName } from "../../i18n/times";
import { link, picture } from "../../live";
import { session } from "../../session";
import { startOf } from "../../states";
import type { MeetingView } from "../../wire";
import { EmptyNow } from "./EmptyNow";
import { forgetJoin, joins } from "./joins";
import { MeetingCard } from "./MeetingCard";
import { nextClass, sectionsOf, type Section, type Sections } from "./sections";
import { minutesToSay } from "./spoken";
import "./student.css";

const LATER = ["laterToday", "thisWeek", "afterThisWeek"] as const;

export default function StudentPage() {
  return (
    <Shell
      title={t("student.title")}
      isNarrow
      sections={[{ href: "/dashboard/ZoomIntegration", text: t("student.nav"), alsoAt: ["/zoom/upcoming-meetings"] }]}
    >
      <Greeting />
      {picture.value.isReady ? <Classes /> : <Skeleton count={3} class="meetings" />}
    </Shell>
  );
}

function Greeting() {
  const you = session.value.is === "signedIn" ? session.value.user.name : "";
  const hour = new Date(now.value).getHours();
  const name = you.includes(",") ? you : (you.split(" ")[0] ?? you);
  const part = hour < 12 ? "student.morning" : hour < 18 ? "student.afternoon" : "student.evening";
  return (
    <div class="greeting">
      <h1>{t(part, { name })}</h1>
      <p class="muted">{t("student.zone", { zone: zoneName(now.value) })}</p>
    </div>
  );
}

function Classes() {
  const { meetings } = picture.value;
  const nowMs = now.value;
  const sections = sectionsOf(meetings.values(), nowMs);
  const next = nextClass(meetings.values(), nowMs);
  const { pill, heardAt } = link.value;
  useForgottenJoins(meetings);
  useSpokenCountdown(next, nowMs);
  return (
    <>
      <Cards section="now" sections={sections}>
        {sections.now.length === 0 && (
          <EmptyNow
            next={next}
            hasMeetings={meetings.size > 0}
            nowMs={nowMs}
            heardAt={pill === "offline" ? null : heardAt}
          />
        )}
      </Cards>
      {LATER.map(
        (section) => sections[section].length > 0 && <Cards key={section} section={section} sections={sections} />,
      )}
      {sections.earlierToday.length > 0 && (
        <details class="earlier">
          <summary>
            <h2>{t("student.earlierToday")}</h2>
            <span class="muted numbers">{sections.earlierToday.length}</span>
          </summary>
          <CardList meetings={sections.earlierToday} />
        </details>
      )}
    </>
  );
}

interface CardsProps {
  section: Section;
  sections: Sections;
  children?: preact.ComponentChildren;
}

function Cards({ section, sections, children }: CardsProps) {
  const id = `section-${section}`;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{t(`student.${section}`)}</h2>
      {children || <CardList meetings={sections[section]} />}
    </section>
  );
}

function CardList({ meetings }: { meetings: readonly MeetingView[] }) {
  const { pill, heardAt } = link.value;
  const isFirst = useFirstPicture(meetings);
  const { own } = picture.value;
  return (
    <ul class="meetings">
      {meetings.map((meeting) => (
        <li key={meeting.id}>
          <MeetingCard
            meeting={meeting}
            nowMs={now.value}
            staleSince={pill === "offline" ? heardAt : null}
            own={own.get(meeting.id)?.own.state}
            openedAt={joins.value.get(meeting.id)}
            isArriving={!isFirst.has(meeting.id)}
          />
        </li>
      ))}
    </ul>
  );
}

/** The meetings a list had when it was first drawn: those do not slide in. */
function useFirstPicture(meetings: readonly MeetingView[]): ReadonlySet<string> {
  return useRef(new Set(meetings.map(({ id }) => id))).current;
}

function useForgottenJoins(meetings: ReadonlyMap<string, MeetingView>): void {
  useEffect(() => {
    for (const { id, status } of meetings.values()) if (status === "ended") forgetJoin(id);
  }, [meetings]);
}

function useSpokenCountdown(next: MeetingView | null, nowMs: number): void {
  const before = useRef(nowMs);
  const last = useRef(next);
  useEffect(() => {
    // At the second of the start it is no longer the next one, so the one before is asked as well.
    for (const meeting of new Set([last.current, next])) {
      const start = meeting === null ? null : startOf(meeting);
      const minutes = meeting === null || start === null ? null : minutesToSay(start, before.current, nowMs);
      if (meeting === null || minutes === null) continue;
      const { topic } = meeting;
      newsVoice.say(
        minutes === 0 ? t("student.spokenStart", { topic }) : t("student.spokenMinutes", { topic, count: minutes }),
      );
    }
    before.current = nowMs;
    last.current = next;
  }, [next, nowMs]);
}
