/** Nothing is at this address, or nothing that this person may see: both are said in the same words. */
import { Shell } from "../components/Shell";
import { t } from "../i18n";

export function NotFound({ wasRemoved = false }: { wasRemoved?: boolean }) {
  const title = t(wasRemoved ? "app.removed" : "app.notFound");
  return (
    <Shell title={title}>
      <div class="centred">
        <h1>{title}</h1>
        <p class="muted">{t("app.notFoundHelp")}</p>
        <a class="button solid tall" href="/">
          {t("app.home")}
        </a>
      </div>
    </Shell>
  );
}
