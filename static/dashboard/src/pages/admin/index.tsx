/** What staff see: every path of theirs draws this page. */
import { Shell } from "../../components/Shell";
import { t } from "../../i18n";

export default function AdminPage() {
  return (
    <Shell title={t("app.name")}>
      <h1>{t("app.name")}</h1>
    </Shell>
  );
}
