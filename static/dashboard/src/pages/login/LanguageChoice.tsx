/** The languages, each in its own words, before anybody is known. */
import { t } from "../../i18n";
import { chooseLanguage, language, LANGUAGES, type Language } from "../../i18n/translate";

export function LanguageChoice() {
  return (
    <footer>
      <div class="login-languages" role="group" aria-label={t("login.language")}>
        {(Object.keys(LANGUAGES) as Language[]).map((code) => (
          <button
            key={code}
            type="button"
            lang={code}
            class="link-button"
            aria-pressed={language.value === code}
            onClick={() => void chooseLanguage(code)}
          >
            {LANGUAGES[code]}
          </button>
        ))}
      </div>
    </footer>
  );
}
