/** What a student reads when nothing can be joined: that this is so, what comes next, and that the page is awake. */
import { CalendarClock } from "lucide";
import { Icon } from "../../components/Icon";
import { t } from "../../i18n";
import { ago, clockTime, dayName } from "../../i18n/times";
import { startOf } from "../../states";
import type { MeetingView } from "../../wire";

interface EmptyNowProps {
  next: MeetingView | null;
  hasMeetings: boolean;
  nowMs: number;
  /** When the server was last heard; null while this page does not hear it. */
  heardAt: number | null;
}

export function EmptyNow({ next, hasMeetings, nowMs, heardAt }: EmptyNowProps) {
  const start = next === null ? null : startOf(next);
  return (
    <div class="card empty">
      <Icon of={CalendarClock} size={28} />
      <div>
        <p>
          <strong>{t("student.empty")}</strong> {t("student.emptyHelp")}
        </p>
        {!hasMeetings && <p class="muted">{t("student.nothingAtAll")}</p>}
        {next !== null && start !== null && (
          <p class="muted">{t("student.next", { topic: next.topic, day: dayName(start), time: clockTime(start) })}</p>
        )}
        {heardAt !== null && <p class="muted numbers">{t("student.updated", { ago: ago(heardAt, nowMs) })}</p>}
      </div>
    </div>
  );
}
