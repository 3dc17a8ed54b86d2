/**
 * The moment that the page shows: the server's time, standing still while nothing is heard.
 *
 * It exists so that no clock goes on ticking beside numbers that have stopped. What may be done is judged by the real
 * time: a room opens whether this page is connected or not.
 */
import { computed } from "@preact/signals";
import { now } from "../../clock";
import { link } from "../../live";

/** Whether what is shown may be old. */
export const isStale = computed(() => link.value.pill === "offline");

/** In ms of the server's time. */
export const shownNow = computed(() => (isStale.value ? (link.value.heardAt ?? now.value) : now.value));
