/** The bar on top of every page: whose product, the connection, the news of the day, language, colours, person. */
import type { ComponentChildren } from "preact";
import { Bell, Monitor, Moon, Sun } from "lucide";
import { t } from "../i18n";
import { chooseLanguage, language, LANGUAGES, type Language } from "../i18n/translate";
import { areKeysOn, turnKeys } from "../keys";
import { leave } from "../session";
import { chooseTheme, theme, THEMES, type Theme } from "../theme";
import { markRead, toast, unreadCount } from "../toasts";
import type { You } from "../wire";
import { ConnectionPill } from "./ConnectionPill";
import { DayNews, unreadLabel } from "./DayNews";
import { Icon, Mark, type IconNode } from "./Icon";
import { Menu, MenuItem } from "./Menu";

const THEME_ICONS: Readonly<Record<Theme, IconNode>> = { system: Monitor, light: Sun, dark: Moon };
const LANGUAGE_CODES = Object.keys(LANGUAGES) as Language[];

export function Header({ you, search }: { you: You; search?: ComponentChildren }) {
  return (
    <header class="header">
      <a class="brand" href="/">
        <Mark />
        {t("app.name")}
      </a>
      {search !== undefined && <div class="header-search">{search}</div>}
      <ConnectionPill />
      <NewsBell />
      <div class="only-wide">
        <LanguageMenu />
      </div>
      <div class="only-wide">
        <ThemeMenu />
      </div>
      <PersonMenu you={you} />
    </header>
  );
}

function NewsBell() {
  const count = unreadCount.value;
  return (
    <Menu
      kind="panel"
      title={t("header.newsToday")}
      label={unreadLabel(count)}
      buttonClass="button icon plain"
      onClose={markRead}
      button={
        <span class="bell">
          <Icon of={Bell} size={20} />
          {count > 0 && <span class="bell-count numbers">{count > 99 ? "99+" : count}</span>}
        </span>
      }
    >
      <DayNews />
    </Menu>
  );
}

function LanguageMenu() {
  return (
    <Menu
      title={t("header.language")}
      button={
        <>
          {language.value.toUpperCase()}{" "}
          <span class="unseen">{t("header.languageIs", { language: LANGUAGES[language.value] })}</span>
        </>
      }
    >
      <LanguageItems />
    </Menu>
  );
}

function ThemeMenu() {
  return (
    <Menu
      title={t("header.theme")}
      label={t("header.themeIs", { theme: t(`theme.${theme.value}`) })}
      buttonClass="button icon plain"
      button={<Icon of={THEME_ICONS[theme.value]} size={18} />}
    >
      <ThemeItems />
    </Menu>
  );
}

function LanguageItems() {
  return LANGUAGE_CODES.map((code) => (
    <MenuItem key={code} isChosen={language.value === code} onChoose={() => void chooseLanguage(code)}>
      <span lang={code}>{LANGUAGES[code]}</span>
    </MenuItem>
  ));
}

function ThemeItems() {
  return THEMES.map((name) => (
    <MenuItem key={name} isChosen={theme.value === name} onChoose={() => chooseTheme(name)}>
      {t(`theme.${name}`)}
    </MenuItem>
  ));
}

/** "LM" for Liza Manalo. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return (
    ends
      .map((word) => [...(word ?? "")][0] ?? "")
      .join("")
      .toUpperCase() || "?"
  );
}

function PersonMenu({ you }: { you: You }) {
  const goAway = () => leave().catch(() => toast({ text: t("header.signOutFailed") }));
  return (
    <Menu
      title={t("header.person", { name: you.name })}
      buttonClass="button plain person"
      button={
        <>
          <span class="avatar" aria-hidden="true">
            {initials(you.name)}
          </span>
          <span class="unseen"> {t("header.person", { name: you.name })}</span>
          <span class="only-wide" aria-hidden="true">
            {you.name}
          </span>
        </>
      }
    >
      <div class="menu-title">
        {you.name}
        <br />
        {you.email} · {t(`role.${you.role}`)}
      </div>
      <div class="only-phone">
        <hr />
        <div class="menu-title">{t("header.language")}</div>
        <LanguageItems />
        <hr />
        <div class="menu-title">{t("header.theme")}</div>
        <ThemeItems />
      </div>
      <hr />
      {you.role !== "student" && (
        <MenuItem onChoose={() => turnKeys(!areKeysOn.value)}>{t(areKeysOn.value ? "keys.off" : "keys.on")}</MenuItem>
      )}
      <MenuItem onChoose={() => void goAway()}>{t("header.signOut")}</MenuItem>
    </Menu>
  );
}
