/** Who is invited, and who hosts. */
import { Select } from "../../../components/Select";
import type { You } from "../../../wire";
import type { SchoolClass } from "../rights";
import { t } from "../texts";
import { AUDIENCES, type Audience } from "./draft";
import { Field } from "./Field";
import type { Form } from "./form";

interface WhoFieldsProps {
  form: Form;
  you: You;
  classes: readonly SchoolClass[];
  /** Who hosts it so far, when it is there already. */
  host?: { readonly id: string; readonly name: string };
}

export function WhoFields({ form, you, classes, host }: WhoFieldsProps) {
  const { draft, set, problem } = form;
  const audiences = AUDIENCES.filter((name) => name !== "class" || draft.classId !== "");
  const hosts = hostsOf(you, classes.find(({ id }) => id === draft.classId)?.teachers ?? [], host);
  const hostId = draft.hostId === "" ? you.id : draft.hostId;
  return (
    <fieldset>
      <legend>{t("form.who")}</legend>
      <Field name="audience" label={t("form.audience")} problem={problem("audience")}>
        {(tied) => (
          <Select tied={tied} value={draft.audience} onChoose={(value) => set("audience", value as Audience)}>
            {audiences.map((name) => (
              <option key={name} value={name}>
                {t(`audience.${name}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {you.role === "admin" && hosts.length > 1 && (
        <Field name="hostId" label={t("form.hostId")} problem={problem("hostId")}>
          {(tied) => (
            <Select tied={tied} value={hostId} onChoose={(value) => set("hostId", value)}>
              {hosts.map(({ id, name }) => (
                <option key={id} value={id}>
                  {id === you.id ? t("form.me", { name }) : name}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
    </fieldset>
  );
}

type Named = { readonly id: string; readonly name: string };

/** Whom an admin may name: themselves, the teachers of the class, and whoever hosts it now. */
function hostsOf(you: You, teachers: readonly Named[], host: Named | undefined): readonly Named[] {
  const byId = new Map<string, Named>([[you.id, you]]);
  for (const one of [...teachers, ...(host === undefined || host.id === "" ? [] : [host])]) byId.set(one.id, one);
  return [...byId.values()];
}
