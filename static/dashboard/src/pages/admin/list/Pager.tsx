/** From page to page of a list that is all here. */
import { t } from "../texts";
import { addressOf, PAGE_SIZE, type Filters } from "./filters";

interface PagerProps {
  path: string;
  filters: Filters;
  pages: number;
  total: number;
}

export function Pager({ path, filters, pages, total }: PagerProps) {
  const { page } = filters;
  const from = (page - 1) * PAGE_SIZE + 1;
  const to = Math.min(total, page * PAGE_SIZE);
  return (
    <nav class="pager" aria-label={t("list.pages")}>
      <p class="muted numbers">{t("list.range", { from, to, total })}</p>
      <PageLink isPossible={page > 1} href={addressOf(path, { ...filters, page: page - 1 })}>
        {t("list.previous")}
      </PageLink>
      <PageLink isPossible={page < pages} href={addressOf(path, { ...filters, page: page + 1 })}>
        {t("list.next")}
      </PageLink>
    </nav>
  );
}

/** Another page is read from its top, not from where the link to it was. */
function showFirstRow(): void {
  document.querySelector(".list-head")?.scrollIntoView();
}

function PageLink({ isPossible, href, children }: { isPossible: boolean; href: string; children: string }) {
  return isPossible ? (
    <a class="button small" href={href} onClick={showFirstRow}>
      {children}
    </a>
  ) : (
    <span class="button small" aria-disabled="true">
      {children}
    </span>
  );
}
