/** The two bars above a page: this school is a sample, and this page is not up to date. */
import { useState } from "preact/hooks";
import { Info, WifiOff } from "lucide";
import { ApiError, playClass } from "../api";
import { t } from "../i18n";
import { clockTime } from "../i18n/times";
import { link, tryNow } from "../live";
import { toast } from "../toasts";
import { Icon } from "./Icon";

/** Loud on every page of a demo. `canPlay`: may start the scripted class. */
export function DemoBanner({ canPlay = false }: { canPlay?: boolean }) {
  return (
    <section class="banner tone-late" aria-label={t("demo.label")}>
      <Icon of={Info} size={18} />
      <p>
        <strong>{t("demo.title")}</strong> {t("demo.text")}
      </p>
      {canPlay && <PlayButton />}
    </section>
  );
}

function PlayButton() {
  const [isBusy, setBusy] = useState(false);
  async function play() {
    setBusy(true);
    try {
      await playClass();
      toast({ text: t("demo.played") });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast({ text: `${t("demo.failed")} ${t("app.errorCode", { code: error.code })}` });
    } finally {
      setBusy(false);
    }
  }
  return (
    <button type="button" class="button small" disabled={isBusy} onClick={() => void play()}>
      {t(isBusy ? "demo.playing" : "demo.play")}
    </button>
  );
}

/** Says since when nothing has come, and lets a person try at once. */
export function OfflineBanner() {
  const { pill, heardAt } = link.value;
  if (pill !== "offline") return null;
  return (
    <section class="banner offline tone-bad" aria-label={t("offline.label")}>
      <Icon of={WifiOff} size={18} />
      <p>
        <strong>{heardAt === null ? t("offline.never") : t("offline.since", { time: clockTime(heardAt) })}</strong>{" "}
        {t("offline.help")}
      </p>
      <button type="button" class="button" onClick={tryNow}>
        {t("offline.tryNow")}
      </button>
    </section>
  );
}
