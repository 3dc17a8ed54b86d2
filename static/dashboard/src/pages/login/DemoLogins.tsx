/** The three people of the sample school one can be. Their password is no secret: nothing behind it is real. */
import { t } from "../../i18n";

const PASSWORD = "demo";

const LOGINS = [
  { key: "login.demoAdmin", email: "admin@demo.school" },
  { key: "login.demoTeacher", email: "teacher@demo.school" },
  { key: "login.demoStudent", email: "student@demo.school" },
] as const;

export function DemoLogins({ isBusy, onUse }: { isBusy: boolean; onUse: (email: string, password: string) => void }) {
  return (
    <section class="card login-card demo" aria-labelledby="demo-logins">
      <div class="field-head">
        <h2 id="demo-logins">{t("login.demo")}</h2>
        <span class="muted small">{t("login.demoPassword", { password: PASSWORD })}</span>
      </div>
      <ul>
        {LOGINS.map(({ key, email }) => (
          <li key={email}>
            <div>
              <strong>{t(key)}</strong>
              <br />
              <span class="muted small">{email}</span>
            </div>
            <button
              type="button"
              class="button small"
              aria-label={t("login.useLabel", { name: t(key) })}
              aria-disabled={isBusy}
              onClick={() => !isBusy && onUse(email, PASSWORD)}
            >
              {t("login.use")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
