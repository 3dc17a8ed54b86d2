/**
 * Where rows stand while somebody is about to press one.
 *
 * It exists because a list that reorders under the pointer makes people end the wrong class. Rows down to the lowest
 * one that is pointed at or focused keep their places; below it the list is free to change. Pure.
 */
export interface Settled {
  readonly ids: readonly string[];
  /** New ones whose place is above: they are not shown yet. */
  readonly heldBack: readonly string[];
  /** Whether the order differs from the one that is due. */
  readonly isHeld: boolean;
}

/**
 * The order to show.
 *
 * Shape: `shown` is the order on screen, `due` the right one; `anchors` are the rows not to be moved, `own` new ones
 *        that this person made and therefore waits for.
 */
export function settle(
  shown: readonly string[],
  due: readonly string[],
  anchors: ReadonlySet<string>,
  own: ReadonlySet<string> = new Set(),
): Settled {
  const lowest = shown.findLastIndex((id) => anchors.has(id));
  if (lowest === -1) return { ids: due, heldBack: [], isHeld: false };
  const fixed = shown.slice(0, lowest + 1);
  const isFixed = new Set(fixed);
  const isShown = new Set(shown);
  const boundary = boundaryOf(fixed, due);
  const heldBack = due.filter((id, place) => !isShown.has(id) && !own.has(id) && place < boundary);
  const isHeldBack = new Set(heldBack);
  const ids = [...fixed, ...due.filter((id) => !isFixed.has(id) && !isHeldBack.has(id))];
  const admitted = due.filter((id, place) => own.has(id) && !isShown.has(id) && place < boundary);
  if (admitted.length > 0) return settle(withOwn(shown, due, admitted), due, anchors);
  return { ids, heldBack, isHeld: ids.length !== due.length || ids.some((id, place) => id !== due[place]) };
}

/** Where in the right order the rows end that are not to be moved. */
function boundaryOf(fixed: readonly string[], due: readonly string[]): number {
  const places = fixed.map((id) => due.indexOf(id));
  const last = places.at(-1) ?? -1;
  return last !== -1 ? last : Math.max(-1, ...places);
}

/** The shown order with new rows put before the first shown one that should follow them. */
function withOwn(shown: readonly string[], due: readonly string[], admitted: readonly string[]): string[] {
  const next = [...shown];
  for (const id of admitted) {
    const followers = new Set(due.slice(due.indexOf(id) + 1));
    const place = next.findIndex((other) => followers.has(other));
    next.splice(place === -1 ? next.length : place, 0, id);
  }
  return next;
}
