/** The server did not say who is signed in: what happened, that nothing is lost, and what to do. */
import { t } from "../i18n";
import { loadSession } from "../session";

export function Failed({ code }: { code: string }) {
  return (
    <main class="main">
      <div class="centred" role="alert">
        <h1>{t("app.failed")}</h1>
        <p class="muted">{t("app.failedHelp")}</p>
        <p class="muted">{t("app.errorCode", { code })}</p>
        <button type="button" class="button solid tall" onClick={() => void loadSession()}>
          {t("app.retry")}
        </button>
      </div>
    </main>
  );
}
