"""People and classes for tests, and quick passwords for them."""

from argon2 import PasswordHasher
from sqlalchemy import insert

from realtime.audience import Person, Role
from server.people.rights import person_of
from server.people.users import NewUser, User, Users
from server.store.database import Database
from server.store.tables import class_teachers, classes, enrolments
from tests.support.clock import ManualClock

# A real hash takes 150 ms. These take one; how strong ours are is tested with ours.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "correct horse"
PASSWORD_HASH = QUICK.hash(PASSWORD)


async def add_user(
    database: Database, clock: ManualClock, role: Role = Role.STUDENT, name: str = "Ana Cruz", **more: str
) -> User:
    """Somebody, with the password above."""
    email = more.pop("email", f"{name.split()[0].lower()}@school.test")
    new = NewUser(email=email, name=name, role=role, password_hash=more.pop("password_hash", PASSWORD_HASH))
    return await Users(database, clock).create(new)


async def add_class(database: Database, class_id: str, name: str, subject: str = "", status: str = "active") -> str:
    """A class without people."""
    row = {"id": class_id, "name": name, "subject": subject, "status": status}
    async with database.write() as connection:
        await connection.execute(insert(classes), row)
    return class_id


async def enrol(database: Database, clock: ManualClock, class_id: str, *students: User) -> None:
    """Put students into a class."""
    rows = [{"class_id": class_id, "user_id": each.id, "enrolled_at": clock.now()} for each in students]
    async with database.write() as connection:
        await connection.execute(insert(enrolments), rows)


async def assign(database: Database, class_id: str, teacher: User, *permissions: str) -> None:
    """Let somebody teach a class."""
    row = {"class_id": class_id, "user_id": teacher.id, "permissions": list(permissions)}
    async with database.write() as connection:
        await connection.execute(insert(class_teachers), row)


async def person_with_rights(database: Database, user_id: str) -> Person | None:
    """This user as a login would find them."""
    async with database.read() as connection:
        return await person_of(connection, user_id)
