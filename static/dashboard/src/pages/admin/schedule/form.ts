/** The dialog's memory: the draft, which fields were left, what the server said of them. */
import { useRef, useState } from "preact/hooks";
import { serverNow } from "../../../clock";
import { t } from "../texts";
import { FIELD_ORDER, fieldNamed, problemsOf, withChange, type Draft, type FieldName } from "./draft";

export interface Form {
  readonly draft: Draft;
  readonly set: <Name extends FieldName>(name: Name, value: Draft[Name]) => void;
  /** The person left a field: from now on its problems are shown. */
  readonly leave: (name: FieldName) => void;
  /** What to say under a field; undefined: nothing. */
  readonly problem: (name: FieldName) => string | undefined;
  /** Whether what is said does not stand in the way yet. */
  readonly isWarning: (name: FieldName) => boolean;
  /** Shows every problem and focuses the first; whether there are none. */
  readonly check: () => boolean;
  /** Takes the server's word about fields, by its names for them; what belongs to no field comes back. */
  readonly refuse: (fields: Readonly<Record<string, string>>) => string[];
  /** How many problems are shown since the last try. */
  readonly count: number;
}

export function useForm(first: Draft, needsClass: boolean, before?: Draft): Form {
  const [draft, setDraft] = useState(first);
  const [left, setLeft] = useState<ReadonlySet<FieldName>>(new Set());
  const [isTried, setTried] = useState(false);
  const [said, setSaid] = useState<Readonly<Partial<Record<FieldName, string>>>>({});
  const current = useRef(draft);
  current.current = draft;
  const problems = problemsOf(draft, serverNow(), needsClass, before);

  const problem = (name: FieldName): string | undefined => {
    const found = problems[name];
    if (found !== undefined && (isTried || left.has(name))) return t(`problem.${found}`);
    return said[name];
  };
  return {
    draft,
    problem,
    set: (name, value) => {
      setDraft((known) => withChange(known, name, value));
      setSaid(({ [name]: _, ...others }) => others);
    },
    leave: (name) => setLeft((known) => (known.has(name) ? known : new Set(known).add(name))),
    isWarning: (name) => problems[name] === "startPast" && !isTried,
    check: () => {
      setTried(true);
      const found = problemsOf(current.current, serverNow(), needsClass, before);
      focusFirst(FIELD_ORDER.filter((name) => found[name] !== undefined));
      return Object.keys(found).length === 0;
    },
    refuse: (fields) => {
      const known: Partial<Record<FieldName, string>> = {};
      const others: string[] = [];
      for (const [name, text] of Object.entries(fields)) {
        const field = fieldNamed(name);
        if (field === undefined) others.push(text);
        else known[field] = text;
      }
      setSaid(known);
      focusFirst(FIELD_ORDER.filter((name) => known[name] !== undefined));
      return others;
    },
    count: isTried ? Object.keys(problems).length : 0,
  };
}

function focusFirst([name]: readonly FieldName[]): void {
  if (name !== undefined) requestAnimationFrame(() => document.getElementById(`field-${name}`)?.focus());
}
