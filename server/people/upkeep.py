"""What an operator does with people at a terminal: write somebody down, list, give a password.

It exists so that a command does the same whether it opens the database itself or asks a running server to. It does
not know terminals or HTTP.
"""

from collections.abc import Sequence

from realtime.audience import Role
from realtime.errors import NotFound
from server.people.passwords import Passwords, checked
from server.people.users import NewUser, User, Users, user_row


class Upkeep:
    """The chores, over the tables."""

    def __init__(self, users: Users, passwords: Passwords) -> None:
        self._users = users
        self._passwords = passwords

    async def add(self, *, email: str, name: str, role: Role, password: str) -> User:
        """Write somebody down. Errors: BadInput, Conflict."""
        new = NewUser(email=email, name=name, role=role)
        user_row(new)  # refuses before the costly hash
        kept = await self._passwords.hash(checked(password))
        return await self._users.create(NewUser(email=email, name=name, role=role, password_hash=kept))

    async def page(self, *, after: str = "") -> Sequence[User]:
        """People in the order of their ids, from the one after `after`."""
        return await self._users.page(after=after)

    async def set_password(self, *, email: str, password: str) -> Sequence[str]:
        """Give somebody a new password. Shape: the ids of the logins that ended. Errors: NotFound, BadInput."""
        user = await self._users.by_email(email)
        if user is None:
            raise NotFound(f"There is nobody with the e-mail address {email}.")
        return await self._users.set_password(user.id, await self._passwords.hash(checked(password)))
