/** Tabs of a drawer, walked with the arrows; one of them is in the tab order. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface TabsProps<Name extends string> {
  tabs: readonly { readonly name: Name; readonly text: string }[];
  current: Name;
  onChoose: (name: Name) => void;
  children: ComponentChildren;
}

export function Tabs<Name extends string>({ tabs, current, onChoose, children }: TabsProps<Name>) {
  const id = useId();

  function walk(event: KeyboardEvent) {
    const here = tabs.findIndex(({ name }) => name === current);
    const steps: Record<string, number> = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: tabs.length - 1 };
    const next = steps[event.key];
    const chosen = next === undefined ? undefined : tabs.at(next % tabs.length);
    if (chosen === undefined) return;
    event.preventDefault();
    onChoose(chosen.name);
    document.getElementById(`${id}-${chosen.name}`)?.focus();
  }

  return (
    <>
      <div class="tabs" role="tablist" onKeyDown={walk}>
        {tabs.map(({ name, text }) => (
          <button
            key={name}
            id={`${id}-${name}`}
            type="button"
            role="tab"
            aria-selected={name === current}
            aria-controls={`${id}-panel`}
            tabIndex={name === current ? 0 : -1}
            onClick={() => onChoose(name)}
          >
            {text}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} class="tab-panel" role="tabpanel" aria-labelledby={`${id}-${current}`} tabIndex={0}>
        {children}
      </div>
    </>
  );
}
