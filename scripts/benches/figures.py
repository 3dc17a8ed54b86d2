"""Numbers for people: medians, percentiles, and lines that stand under each other.

Pure. A percentile is a value that was measured, never one between two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from statistics import median


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest measured value that at least `share` of them (0 to 1) do not exceed; 0 when there are none."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0.0


def spread(values_s: Sequence[float]) -> str:
    """Durations in one phrase: median, p95, p99 and the longest, in milliseconds."""
    if not values_s:
        return "nothing was measured"
    shares = ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"), (1.0, "max"))
    return "  ".join(f"{name} {percentile(values_s, share) * 1000:.1f} ms" for share, name in shares)


def rounds(values: Sequence[float], digits: int = 0) -> str:
    """One figure of several rounds: the median, and all of them behind it."""
    if not values:
        return "nothing was measured"
    each = " ".join(f"{value:,.{digits}f}" for value in values)
    return f"{median(values):,.{digits}f}  (rounds: {each})"


def goal(is_met: bool, words: str) -> str:
    """A goal, and whether it was met."""
    return f"{'met' if is_met else 'MISSED'}: {words}"


def line(name: str, told: str) -> str:
    """One line of a report."""
    return f"  {name:<34} {told}"
