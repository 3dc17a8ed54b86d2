/** E-mail and password. What is wrong stands under the field, or above the button when it is about both. */
import { useRef, useState } from "preact/hooks";
import { CircleAlert } from "lucide";
import { Icon } from "../../components/Icon";
import { t } from "../../i18n";

interface SignInFormProps {
  isBusy: boolean;
  problem: string;
  onSend: (email: string, password: string) => void;
}

export function SignInForm({ isBusy, problem, onSend }: SignInFormProps) {
  const email = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const [missing, setMissing] = useState<"email" | "password" | null>(null);
  const [isShown, show] = useState(false);

  function send(event: Event) {
    event.preventDefault();
    if (isBusy || email.current === null || password.current === null) return;
    const name = email.current.value.trim();
    const secret = password.current.value;
    const lacks = name === "" ? "email" : secret === "" ? "password" : null;
    setMissing(lacks);
    if (lacks !== null) (lacks === "email" ? email : password).current?.focus();
    else onSend(name, secret);
  }

  return (
    <form class="card login-card" onSubmit={send} noValidate>
      <div class="field">
        <label for="email">{t("login.email")}</label>
        <input
          ref={email}
          id="email"
          name="email"
          class="input"
          type="email"
          inputMode="email"
          autocomplete="username"
          autoCapitalize="none"
          spellcheck={false}
          autoFocus
          aria-invalid={missing === "email"}
          aria-describedby={missing === "email" ? "email-problem" : undefined}
        />
        {missing === "email" && <Problem id="email-problem" text={t("login.noEmail")} />}
      </div>
      <div class="field">
        <div class="field-head">
          <label for="password">{t("login.password")}</label>
          <button
            type="button"
            class="link-button"
            aria-label={t(isShown ? "login.hideLabel" : "login.showLabel")}
            onClick={() => show(!isShown)}
          >
            {t(isShown ? "login.hide" : "login.show")}
          </button>
        </div>
        <input
          ref={password}
          id="password"
          name="password"
          class="input"
          type={(isShown ? "text" : "password") as "password"} // the types know only one at a time
          autocomplete="current-password"
          autoCapitalize="none"
          spellcheck={false}
          aria-invalid={missing === "password"}
          aria-describedby={missing === "password" ? "password-problem" : undefined}
        />
        {missing === "password" && <Problem id="password-problem" text={t("login.noPassword")} />}
      </div>
      <div class="login-send">
        <div role="alert">{problem !== "" && <Problem text={problem} />}</div>
        <button type="submit" class="button solid tall wide" aria-disabled={isBusy}>
          {t(isBusy ? "login.busy" : "login.submit")}
        </button>
      </div>
    </form>
  );
}

function Problem({ id, text }: { id?: string; text: string }) {
  return (
    <p id={id} class="problem">
      <Icon of={CircleAlert} />
      {text}
    </p>
  );
}
