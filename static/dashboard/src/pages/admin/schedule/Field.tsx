/** A labelled field with what is wrong under it, tied together for whoever cannot see that. */
import type { ComponentChildren } from "preact";
import { CircleAlert, TriangleAlert } from "lucide";
import { Icon } from "../../../components/Icon";
import { t } from "../texts";
import type { FieldName } from "./draft";

/** What a field needs to be tied to its label and its problem. */
export type Tied = {
  readonly id: string;
  readonly name: string;
  readonly "aria-invalid": boolean;
  readonly "aria-describedby": string | undefined;
};

interface FieldProps {
  name: FieldName;
  label: string;
  problem: string | undefined;
  /** Worth a look, but it does not stand in the way yet. */
  isWarning?: boolean;
  isRequired?: boolean;
  hint?: string | undefined;
  class?: string;
  children: (tied: Tied) => ComponentChildren;
}

export function Field({ name, label, problem, isWarning = false, isRequired = false, hint, ...rest }: FieldProps) {
  const id = `field-${name}`;
  const notes = [problem !== undefined && `${id}-problem`, hint !== undefined && `${id}-hint`]
    .filter(Boolean)
    .join(" ");
  return (
    <div class={`field ${rest.class ?? ""}`}>
      <label for={id}>
        {label}
        {isRequired && (
          <>
            {" "}
            <span class="required" aria-hidden="true">
              *
            </span>
            <span class="unseen">{t("form.required")}</span>
          </>
        )}
      </label>
      {rest.children({
        id,
        name,
        "aria-invalid": problem !== undefined && !isWarning,
        "aria-describedby": notes || undefined,
      })}
      {problem !== undefined && (
        <p id={`${id}-problem`} class={isWarning ? "problem warning" : "problem"}>
          <Icon of={isWarning ? TriangleAlert : CircleAlert} />
          {problem}
        </p>
      )}
      {hint !== undefined && (
        <p id={`${id}-hint`} class="muted hint">
          {hint}
        </p>
      )}
    </div>
  );
}

interface SwitchProps {
  name: FieldName;
  label: string;
  hint?: string;
  isOn: boolean;
  onTurn: (isOn: boolean) => void;
}

/** Something that is on or off. */
export function Switch({ name, label, hint, isOn, onTurn }: SwitchProps) {
  const id = `field-${name}`;
  return (
    <div class="switch">
      <input
        id={id}
        name={name}
        type="checkbox"
        role="switch"
        checked={isOn}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={({ currentTarget }) => onTurn(currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <p id={`${id}-hint`} class="muted hint">
          {hint}
        </p>
      )}
    </div>
  );
}
