"""The servers that other tests build on are real ones, and each test gets a database of its own."""

from __future__ import annotations

import pytest
from kombu import Connection
from sqlalchemy import text

from models.base import Database


def test_the_queue_keeps_a_message(valkey: str) -> None:
    with Connection(valkey) as connection:
        queue = connection.SimpleQueue("servers-test")
        queue.put({"id": 1})
        message = queue.get(timeout=5)
        assert message.payload == {"id": 1}
        message.ack()
        queue.close()


@pytest.mark.parametrize("_again", [1, 2])
def test_each_test_has_a_migrated_database_of_its_own(database: Database, _again: int) -> None:
    with database.write() as session:
        assert session.scalar(text("select count(*) from alembic_version")) == 1
        session.execute(text("create table left_behind (id integer)"))
