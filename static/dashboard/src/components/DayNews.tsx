/** The list behind the bell: what toasts said today, what the server wrote to this person, and the notifications' switch. */
import { t } from "../i18n";
import { clockTime } from "../i18n/times";
import { picture } from "../live";
import { isDenied, isNotifying, offerNotifications, stopNotifying } from "../notify";
import { dayList, type DayEntry } from "../toasts";
import { Time } from "./Time";

export function unreadLabel(count: number): string {
  return count === 0 ? t("header.news") : t("header.newsCount", { count });
}

export function DayNews() {
  const written: DayEntry[] = picture.value.notices.map(({ text, at }, place) => ({
    id: -1 - place,
    text,
    at: Date.parse(at),
  }));
  const entries = [...dayList.value, ...written].sort((a, b) => b.at - a.at);
  return (
    <div class="panel">
      <h2>{t("header.newsToday")}</h2>
      {entries.length === 0 ? (
        <p class="muted">{t("header.noNews")}</p>
      ) : (
        <ul>
          {entries.map(({ id, text, at }) => (
            <li key={id}>
              <Time at={at}>{clockTime(at)}</Time>
              <span>{text}</span>
            </li>
          ))}
        </ul>
      )}
      <NotifySwitch />
    </div>
  );
}

function NotifySwitch() {
  if (isDenied.value) return <p class="muted panel-foot">{t("notify.denied")}</p>;
  return isNotifying.value ? (
    <p class="panel-foot">
      {t("notify.on")}{" "}
      <button type="button" class="link-button" onClick={stopNotifying}>
        {t("notify.off")}
      </button>
    </p>
  ) : (
    <button type="button" class="button small wide panel-foot" onClick={() => void offerNotifications()}>
      {t("notify.offer")}
    </button>
  );
}
