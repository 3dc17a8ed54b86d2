/**
 * Small pictures: drawn inline, hidden from screen readers, in the colour of the text beside them.
 *
 * Shapes are Lucide's nodes, or our own in the same form.
 */
import { h } from "preact";

export type IconNode = readonly (readonly [tag: string, attributes: Record<string, string | number | undefined>])[];

/** A quarter of an hour on a dial: the room is open. */
export const Quarter: IconNode = [
  ["circle", { cx: 12, cy: 12, r: 9 }],
  ["path", { d: "M12 12V3a9 9 0 0 1 9 9z", fill: "currentColor" }],
];

export const Dot: IconNode = [["circle", { cx: 12, cy: 12, r: 8, fill: "currentColor" }]];

export function Icon({ of, size = 16 }: { of: IconNode; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      {of.map(([tag, attributes]) => h(tag, attributes))}
    </svg>
  );
}

/** The product's mark: present. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg class="brand-mark" aria-hidden="true" focusable="false" width={size} height={size} viewBox="0 0 24 24">
      <rect x="1.5" y="1.5" width="21" height="21" rx="6" fill="currentColor" />
      <path
        d="m7 12.5 3.4 3.4L17 9"
        fill="none"
        stroke="var(--on-accent)"
        stroke-width="2.6"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
