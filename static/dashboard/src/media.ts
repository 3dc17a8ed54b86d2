/** What the screen is like, for the few things that styles alone cannot do. */
import { useEffect, useState } from "preact/hooks";

export const PHONE = "(max-width: 599px)";

/** Whether a media query holds now; draws again when that changes. */
export function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const note = () => setHolds(list.matches);
    note();
    list.addEventListener("change", note);
    return () => list.removeEventListener("change", note);
  }, [query]);
  return holds;
}
