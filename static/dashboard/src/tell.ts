/**
 * What changed in the picture, told to a person: toasts, the voice of a screen reader, the desktop.
 *
 * It exists so that every page says the same sentences. It decides no states: `news.ts` found what changed.
 */
import { newsVoice } from "./announce";
import { serverNow } from "./clock";
import { t } from "./i18n";
import { whenText } from "./i18n/times";
import type { News, NewsKind } from "./news";
import { notifyIfAway } from "./notify";
import { startOf } from "./states";
import { dismissAbout, toast, type ToastNews } from "./toasts";

const KINDS: readonly NewsKind[] = ["created", "started", "ended", "moved", "cancelled"];

const AWAY = {
  created: "news.awayCreated",
  started: "news.awayStarted",
  ended: "news.awayEnded",
  moved: "news.awayMoved",
  cancelled: "news.awayCancelled",
} as const;

const OWN_FOR_MS = 3_000; // the event of what this page did may come before the answer or after it
const own = new Set<string>();

/** Keeps the news of a meeting that this page is just making to itself, as it says so better; the answer ends that. */
export function expectOwn(topic: string): () => void {
  own.add(topic);
  return () => setTimeout(() => own.delete(topic), OWN_FOR_MS);
}

/** Tells news; those of one absence in one sentence, unless there was only one. */
export function tell(news: readonly News[], isCatchingUp: boolean): void {
  for (const { kind, meeting } of news) if (kind !== "started") dismissAbout(meeting.id);
  if (isCatchingUp && news.length > 1) {
    say({ text: t("news.away", { changes: summary(news) }) });
    return;
  }
  for (const one of news) {
    if (one.kind === "created" && own.delete(one.meeting.topic)) continue;
    const told = toastOf(one);
    say(told);
    if (one.kind === "started") notifyIfAway(told.text, one.meeting.id);
  }
}

/** Shows a toast and speaks it. */
export function say(told: ToastNews): void {
  toast(told);
  newsVoice.say(told.text);
}

function summary(news: readonly News[]): string {
  return KINDS.map((kind) => [AWAY[kind], news.filter((one) => one.kind === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([key, count]) => t(key, { count }))
    .join(", ");
}

/** The toast for one piece of news. */
export function toastOf({ kind, meeting }: News): ToastNews {
  const { id, topic } = meeting;
  const merge = { kind, many: (count: number) => t(`news.${kind}Many`, { count }) };
  const text = t(`news.${kind}`, { topic, time: kind === "moved" ? whenOf(startOf(meeting)) : "" });
  if (kind !== "started" || !("join_url" in meeting)) return { text, merge, about: id };
  const action = { label: t("news.join"), spoken: t("news.joinTopic", { topic }), href: meeting.join_url };
  return { text, merge, about: id, action, isLasting: true };
}

function whenOf(start: number | null): string {
  return start === null ? t("student.noTime") : whenText(start, serverNow());
}
