import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
SEEDS = 20
KILLED, WELL = -9, 0
PATIENCE_S = 10


class Doomed:
    """A process whose children are killed in the middle of a batch."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.doomed", str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def order(self, seed: int, step: int) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"seed": seed, "step": step}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        try:
            self._process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise


@pytest.fixture
def doomed(tmp_path: Path) -> Iterator[Doomed]:
    # The machine stays up, so nothing is proved by waiting for its disk: memory serves as well, and twice as fast.
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else tmp_path) as folder:
        process = Doomed(Path(folder))
        try:
            yield process
        finally:
            process.close()


def test_killed_before_any_step_the_same_news_again_have_one_effect_and_every_event_is_logged_once(
    doomed: Doomed,
) -> None:
    for seed in range(SEEDS):
        clean = doomed.order(seed, 1_000)
        assert (clean["end"], clean["again"]) == (WELL, WELL)
        assert [seq for seq, _, _ in clean["log"]] == list(range(1, len(clean["log"]) + 1))
        step = 0
        while True:
            killed = doomed.order(seed, step)
            told = f"seed {seed}, killed before step {step}"
            assert killed["again"] == WELL, told
            assert killed["outcomes"] == [], told
            assert killed["log"] == clean["log"], told
            if killed["end"] == WELL:
                break
            assert killed["end"] == KILLED, told
            step += 1
        assert step > 8  # begin, claim, load, save, commit, publish, answer: before and after
