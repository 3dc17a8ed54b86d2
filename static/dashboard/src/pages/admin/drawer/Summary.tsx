/** What a meeting that is over came to, in one sentence. */
import { stay } from "../list/words";
import type { PeopleAnswer } from "../rest";
import { t } from "../texts";

export function Summary({ people }: { people: PeopleAnswer }) {
  const { stats, expectedAttendees } = people;
  if (stats.totalParticipants === 0) return null;
  const count = expectedAttendees.filter(({ attended }) => attended).length;
  const said =
    stats.expectedCount === 0
      ? t("people.summaryAll", { count: stats.totalParticipants })
      : t("people.summary", { count, expected: stats.expectedCount, rate: stats.attendanceRate });
  return (
    <p class="people-summary">
      {said} {t("people.averageStay", { span: stay(stats.avgDurationSeconds * 1_000) })}
    </p>
  );
}
