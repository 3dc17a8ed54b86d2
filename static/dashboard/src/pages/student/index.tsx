/** What a student can join now, and what comes next. */
import { Shell } from "../../components/Shell";
import { t } from "../../i18n";

export default function StudentPage() {
  return (
    <Shell
      title={t("student.title")}
      isNarrow
      sections={[{ href: "/dashboard/ZoomIntegration", text: t("student.nav") }]}
    >
      <h1>{t("student.title")}</h1>
    </Shell>
  );
}
