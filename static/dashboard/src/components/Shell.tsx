/**
 * What stands around every page of somebody who is signed in.
 *
 * A page hands in its sections (links of its own role), its search box if it has one, and its content, which starts
 * with the page's one `h1`. Everything that is told on every page (toasts, voices, banners) is here.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import { linkVoice, newsVoice } from "../announce";
import { t } from "../i18n";
import { link } from "../live";
import { session } from "../session";
import { DemoBanner, OfflineBanner } from "./Banners";
import { Header } from "./Header";
import { Toasts } from "./Toasts";

export interface Section {
  readonly href: string;
  readonly text: string;
  /** Other paths at which this section is the current one. */
  readonly alsoAt?: readonly string[];
}

interface ShellProps {
  /** The tab's title. */
  title: string;
  sections?: readonly Section[];
  search?: ComponentChildren;
  /** One column of cards instead of the whole width. */
  isNarrow?: boolean;
  children: ComponentChildren;
}

export function Shell({ title, sections = [], search, isNarrow = false, children }: ShellProps) {
  const { path } = useLocation();
  const now = session.value;
  useTitle(title);
  useLinkVoice();
  if (now.is !== "signedIn") return null;
  return (
    <div class={isNarrow ? "shell narrow" : "shell"}>
      <a class="skip button" href="#main">
        {t("app.skip")}
      </a>
      {now.demo && <DemoBanner canPlay={now.user.role === "admin"} />}
      <Header you={now.user} search={search} />
      <OfflineBanner />
      {sections.length > 0 && (
        <nav class="sections" aria-label={t("header.nav")}>
          {sections.map(({ href, text, alsoAt = [] }) => (
            <a key={href} href={href} aria-current={[href, ...alsoAt].includes(path) ? "page" : undefined}>
              {text}
            </a>
          ))}
        </nav>
      )}
      <main id="main" class="main" tabIndex={-1}>
        {children}
      </main>
      <Toasts />
      <div class="unseen" role="status">
        {newsVoice.spoken}
      </div>
      <div class="unseen" role="status">
        {linkVoice.spoken}
      </div>
    </div>
  );
}

function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${t("app.name")}`;
  });
}

/** Losing the connection and having it back are said once each; what lies between is only drawn. */
function useLinkVoice(): void {
  const { pill } = link.value;
  const wasAway = useRef(false);
  useEffect(() => {
    if (pill === "delayed" || pill === "offline") {
      wasAway.current = true;
      linkVoice.say(t(pill === "delayed" ? "link.delayedSpoken" : "link.offlineSpoken"));
    } else if (pill === "live" && wasAway.current) {
      wasAway.current = false;
      linkVoice.say(t("link.backSpoken"));
    }
  }, [pill]);
}
