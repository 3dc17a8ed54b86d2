/** A choice of one among many: the browser's own list under a look like that of the other fields. */
import type { ComponentChildren } from "preact";
import { ChevronDown } from "lucide";
import { Icon } from "./Icon";

interface SelectProps {
  value: string;
  onChoose: (value: string) => void;
  onLeave?: () => void;
  class?: string;
  isRequired?: boolean;
  /** Names that tie it to its label and to what is said of it. */
  tied?: Readonly<Record<string, string | boolean | undefined>>;
  children: ComponentChildren;
}

export function Select({ value, onChoose, onLeave, isRequired = false, tied, children, ...rest }: SelectProps) {
  return (
    <span class="select">
      <select
        {...tied}
        class={rest.class ?? "input"}
        required={isRequired}
        value={value}
        onChange={({ currentTarget }) => onChoose(currentTarget.value)}
        onBlur={onLeave}
      >
        {children}
      </select>
      <Icon of={ChevronDown} />
    </span>
  );
}
