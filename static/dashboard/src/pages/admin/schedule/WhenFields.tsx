/** When it is: a date and a time on the clocks of a zone, and how long. */
import { Select } from "../../../components/Select";
import { now } from "../../../clock";
import { clockTime, isSameDay, shortDay, whenText, zoneCity } from "../../../i18n/times";
import { t } from "../texts";
import { endOfDraft, LONGEST_MIN, QUICK_MINUTES, startOfDraft } from "./draft";
import { Field } from "./Field";
import type { Form } from "./form";
import { allZones, offsetName, ownZone } from "./zones";

export function WhenFields({ form }: { form: Form }) {
  const { draft, set, leave, problem, isWarning } = form;
  const leaveBoth = () => {
    leave("date");
    leave("time");
  };
  return (
    <fieldset>
      <legend>{t("form.when")}</legend>
      <div class="pair">
        <Field name="date" label={t("form.date")} problem={problem("date")} isRequired>
          {(tied) => (
            <input
              {...tied}
              class="input"
              type="date"
              required
              value={draft.date}
              onInput={({ currentTarget }) => set("date", currentTarget.value)}
              onBlur={leaveBoth}
            />
          )}
        </Field>
        <Field
          name="time"
          label={t("form.time")}
          problem={problem("time")}
          isWarning={isWarning("time")}
          hint={hereText(form)}
          isRequired
        >
          {(tied) => (
            <input
              {...tied}
              class="input"
              type="time"
              required
              value={draft.time}
              onInput={({ currentTarget }) => set("time", currentTarget.value)}
              onBlur={leaveBoth}
            />
          )}
        </Field>
      </div>
      <Field name="minutes" label={t("form.minutes")} problem={problem("minutes")} hint={endText(form)} isRequired>
        {(tied) => (
          <div class="minutes">
            <div class="counted">
              <input
                {...tied}
                class="input numbers"
                inputMode="numeric"
                autocomplete="off"
                required
                maxLength={String(LONGEST_MIN).length}
                value={draft.minutes}
                onInput={({ currentTarget }) => set("minutes", currentTarget.value)}
                onBlur={() => leave("minutes")}
              />
              <span class="muted">{t("form.minutesUnit")}</span>
            </div>
            {QUICK_MINUTES.map((count) => (
              <button
                key={count}
                type="button"
                class="button tall numbers"
                aria-label={t("form.minutesPick", { count })}
                aria-pressed={draft.minutes === String(count)}
                onClick={() => set("minutes", String(count))}
              >
                {count}
              </button>
            ))}
          </div>
        )}
      </Field>
      <Field name="timeZone" label={t("form.timeZone")} problem={problem("timeZone")}>
        {(tied) => (
          <Select tied={tied} value={draft.timeZone} onChoose={(value) => set("timeZone", value)}>
            <ZoneOptions chosen={draft.timeZone} />
          </Select>
        )}
      </Field>
    </fieldset>
  );
}

function ZoneOptions({ chosen }: { chosen: string }) {
  const own = ownZone();
  const others = allZones().filter((zone) => zone !== own);
  const atMs = now.peek();
  return (
    <>
      <optgroup label={t("form.ownZone")}>
        <option value={own}>{t("form.zone", { city: zoneCity(own), offset: offsetName(atMs, own) })}</option>
      </optgroup>
      <optgroup label={t("form.otherZones")}>
        {chosen !== own && !others.includes(chosen) && <option value={chosen}>{chosen}</option>}
        {others.map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll("_", " ")}
          </option>
        ))}
      </optgroup>
    </>
  );
}

/** "Ends at 11:24", on the clocks of the chosen zone. */
function endText({ draft }: Form): string | undefined {
  const start = startOfDraft(draft);
  const end = endOfDraft(draft);
  if (start === null || end === null) return undefined;
  const time = clockTime(end, draft.timeZone);
  return isSameDay(start, end) ? t("form.endsAt", { time }) : t("form.endsOn", { day: shortDay(end), time });
}

/** What the reader's own clock will show then, when the zone is not theirs. */
function hereText({ draft }: Form): string | undefined {
  const start = startOfDraft(draft);
  if (start === null || draft.timeZone === ownZone()) return undefined;
  return t("form.here", { time: whenText(start, now.peek()) });
}
