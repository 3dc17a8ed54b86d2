/** The page cannot be shown: what happened, that nothing is lost, and what to do. */
import { t } from "../i18n";

export function Failed({ code, onRetry }: { code: string; onRetry: () => void }) {
  return (
    <main class="main">
      <div class="centred" role="alert">
        <h1>{t("app.failed")}</h1>
        <p class="muted">{t("app.failedHelp")}</p>
        <p class="muted">{t("app.errorCode", { code })}</p>
        <button type="button" class="button solid tall" onClick={onRetry}>
          {t("app.retry")}
        </button>
      </div>
    </main>
  );
}

/** Stands in for a page whose files could not be fetched: the line broke, or the server has newer ones. */
export function Unfetched() {
  return <Failed code="page_not_fetched" onRetry={() => location.reload()} />;
}
