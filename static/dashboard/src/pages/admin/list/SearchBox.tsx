/** The text filter. It follows the address, and changes it a moment after the last key. */
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Search } from "lucide";
import { Icon } from "../../../components/Icon";
import { areKeysOn } from "../../../keys";
import { t } from "../texts";

const SETTLES_MS = 150;

interface SearchBoxProps {
  text: string;
  onText: (text: string) => void;
  field: RefObject<HTMLInputElement | null>;
}

export function SearchBox({ text, onText, field }: SearchBoxProps) {
  const [typed, setTyped] = useState(text);
  const told = useRef(text);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useEffect(() => {
    if (text === told.current) return; // our own word came back
    told.current = text;
    setTyped(text);
  }, [text]);
  useEffect(() => () => clearTimeout(timer.current), []);

  function type(value: string) {
    setTyped(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      told.current = value.trim();
      onText(told.current);
    }, SETTLES_MS);
  }

  return (
    <div class="search" role="search">
      <Icon of={Search} />
      <input
        ref={field}
        class="input"
        type="search"
        aria-label={t("filter.search")}
        aria-keyshortcuts={areKeysOn.value ? "/" : undefined}
        placeholder={t("filter.searchHint")}
        autocomplete="off"
        spellcheck={false}
        value={typed}
        onInput={({ currentTarget }) => type(currentTarget.value)}
      />
      {areKeysOn.value && typed === "" && (
        <kbd class="only-wide" aria-hidden="true">
          /
        </kbd>
      )}
    </div>
  );
}
