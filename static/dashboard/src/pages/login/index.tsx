/**
 * The sign-in page. In a demo it offers its three logins, each with one press.
 *
 * It is drawn once it is known whether this is a demo, so that nothing moves under a finger or a pointer.
 */
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { ApiError, readHealth, safeNext, signIn } from "../../api";
import { DemoBanner } from "../../components/Banners";
import { Mark } from "../../components/Icon";
import { Skeleton } from "../../components/Skeleton";
import { t } from "../../i18n";
import { DemoLogins } from "./DemoLogins";
import { LanguageChoice } from "./LanguageChoice";
import { SignInForm } from "./SignInForm";
import "./login.css";

/** What went wrong, as the person should read it. */
function problemOf(error: ApiError): string {
  if (error.code === "network") return t("login.unreachable");
  if (error.status === 429) {
    return error.retryAfterS === null ? t("login.tooMany") : t("login.tooManyFor", { count: error.retryAfterS });
  }
  if (error.status === 401 || error.status === 422 || error.status === 400) return t("login.wrong");
  return `${t("login.failed")} ${t("app.errorCode", { code: error.code })}`;
}

export default function LoginPage() {
  const { query } = useLocation();
  const [isDemo, setDemo] = useState<boolean | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  useEffect(() => {
    document.title = `${t("login.title")} · ${t("app.name")}`;
  });
  useEffect(() => {
    readHealth().then(
      ({ demo }) => setDemo(demo),
      () => setDemo(false), // the form says what is wrong when it is sent
    );
  }, []);

  async function enter(email: string, password: string) {
    setBusy(true);
    setProblem("");
    try {
      await signIn(email, password);
      location.assign(safeNext(query["next"])); // a whole new page: nothing of another person's stays in memory
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(problemOf(error));
      setBusy(false);
    }
  }

  if (isDemo === null) return <Skeleton class="waiting" />;
  return (
    <div class="login">
      {isDemo && <DemoBanner />}
      <main class="login-main">
        <div class="login-head">
          <Mark size={42} />
          <h1>{t("app.name")}</h1>
          <p class="muted">{t("login.lead")}</p>
        </div>
        <SignInForm isBusy={isBusy} problem={problem} onSend={(email, password) => void enter(email, password)} />
        {isDemo && <DemoLogins isBusy={isBusy} onUse={(email, password) => void enter(email, password)} />}
      </main>
      <LanguageChoice />
    </div>
  );
}
