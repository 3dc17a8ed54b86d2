/** A list with nothing in it, and what to do about that. */
import { picture } from "../../../live";
import { classes } from "../classes";
import { maySchedule } from "../rights";
import { t } from "../texts";
import { addressOf, isNarrowed, UNFILTERED, type Filters } from "./filters";

export function EmptyList({ path, filters }: { path: string; filters: Filters }) {
  const { you } = picture.value;
  const hasFilters = isNarrowed(filters);
  const help = maySchedule(you, classes.value) ? "create" : you?.role === "teacher" ? "teacher" : "observer";
  const canWiden = !hasFilters && (filters.range === "today" || filters.range === "week");
  return (
    <div class="card empty">
      <p>{hasFilters ? t("empty.filtered") : t(`empty.${filters.range}`)}</p>
      {!hasFilters && filters.range !== "past" && <p class="muted">{t(`empty.${help}`)}</p>}
      {hasFilters && (
        <a class="button" href={addressOf(path, { ...UNFILTERED, range: filters.range })}>
          {t("filter.clear")}
        </a>
      )}
      {canWiden && (
        <a class="button" href={addressOf(path, { ...UNFILTERED, range: "all" })}>
          {t("empty.showAll")}
        </a>
      )}
    </div>
  );
}
