"""Proves passwords, slowly on purpose, without ever holding up anything else.

A hash costs about 150 ms of one core and 64 MB. So at most a few are made at a time, in threads, and a short queue
waits; the rest is told to come back. A login of nobody costs the same as one of somebody. This file does not know
users.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from realtime.errors import BadInput, Overloaded

AT_ONCE = 2  # the two cores of a small machine; 128 MB at the most
MOST_ASKING = 40  # about 3 s of work: longer than that nobody waits for a login
RETRY_AFTER_S = 3
SHORTEST, LONGEST = 8, 1024
STRONG = PasswordHasher()  # argon2id, 3 passes over 64 MB (RFC 9106, second recommendation)

Result = TypeVar("Result")


class Passwords:
    """Makes and proves hashes of passwords. Errors: Overloaded when too many ask already."""

    def __init__(self, hasher: PasswordHasher = STRONG) -> None:
        self._hasher = hasher
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
        self._asking = 0
        self._nobodys = ""

    async def hash(self, password: str) -> str:
        """The hash that may be written down."""
        return await self._in_thread(lambda: self._hasher.hash(password))

    async def prove(self, kept: str, password: str) -> bool:
        """Whether this is the password behind the hash. An empty hash is nobody's: it takes as long and is no."""
        return await self._in_thread(lambda: self._prove(kept, password))

    def is_weak(self, kept: str) -> bool:
        """Whether a hash was made with less effort than is asked for now."""
        return self._hasher.check_needs_rehash(kept)

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        if self._asking >= MOST_ASKING:
            raise Overloaded("Many people are signing in just now. Please try again.", retry_after_s=RETRY_AFTER_S)
        self._asking += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._asking -= 1

    def _prove(self, kept: str, password: str) -> bool:
        # Made at the first proof, whoever's it is: a hash made only for nobody would tell nobody from somebody.
        self._nobodys = self._nobodys or self._hasher.hash("nobody's")
        try:
            return self._hasher.verify(kept or self._nobodys, password) and kept != ""
        except (VerificationError, InvalidHashError):
            return False

    def close(self) -> None:
        """Let go of the threads; what waits is dropped."""
        self._threads.shutdown(wait=True, cancel_futures=True)


def checked(password: str) -> str:
    """A password somebody chose. Errors: BadInput."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput(
            "This password cannot be used.", fields={"password": f"Expected {SHORTEST} to {LONGEST} characters."}
        )
    return password
