/** What the meeting is about, and for which class. */
import { Select } from "../../../components/Select";
import { classWord } from "../../../session";
import type { SchoolClass } from "../rights";
import { t } from "../texts";
import { LONGEST_AGENDA, LONGEST_TOPIC } from "./draft";
import { Field } from "./Field";
import type { Form } from "./form";

interface WhatFieldsProps {
  form: Form;
  classes: readonly SchoolClass[];
  needsClass: boolean;
}

export function WhatFields({ form, classes, needsClass }: WhatFieldsProps) {
  const { draft, set, leave, problem } = form;
  return (
    <fieldset>
      <legend>{t("form.what")}</legend>
      <Field name="topic" label={t("form.topic")} problem={problem("topic")} isRequired>
        {(tied) => (
          <div class="counted">
            <input
              {...tied}
              class="input"
              required
              autoFocus
              autocomplete="off"
              maxLength={LONGEST_TOPIC}
              value={draft.topic}
              onInput={({ currentTarget }) => set("topic", currentTarget.value)}
              onBlur={() => leave("topic")}
            />
            <span class="muted numbers" aria-hidden="true">
              {t("form.topicCount", { count: [...draft.topic].length, most: LONGEST_TOPIC })}
            </span>
          </div>
        )}
      </Field>
      <Field name="agenda" label={t("form.agenda")} problem={problem("agenda")}>
        {(tied) => (
          <textarea
            {...tied}
            class="input"
            rows={1}
            maxLength={LONGEST_AGENDA}
            placeholder={t("form.agendaHint")}
            value={draft.agenda}
            onInput={({ currentTarget }) => set("agenda", currentTarget.value)}
            onBlur={() => leave("agenda")}
          />
        )}
      </Field>
      <Field name="classId" label={classWord(t("form.classId"))} problem={problem("classId")} isRequired={needsClass}>
        {(tied) => (
          <Select
            tied={tied}
            isRequired={needsClass}
            value={draft.classId}
            onChoose={(value) => set("classId", value)}
            onLeave={() => leave("classId")}
          >
            {(!needsClass || draft.classId === "") && (
              <option value="">{t(needsClass ? "form.chooseClass" : "form.noClass")}</option>
            )}
            {classes.map((one) => (
              <option key={one.id} value={one.id}>
                {t("form.classStudents", { name: nameOf(one), count: one.studentCount })}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </fieldset>
  );
}

function nameOf({ name, subject }: SchoolClass): string {
  return subject === "" || name.includes(subject) ? name : `${name} · ${subject}`;
}
