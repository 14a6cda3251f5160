"""What the workers take from the queue: JSON, and nothing that could run when it is read."""

from __future__ import annotations

import pickle

import pytest
from kombu.exceptions import ContentDisallowed
from kombu.serialization import loads, prepare_accept_content

from worker.app import celery


def test_the_queue_takes_nothing_but_json() -> None:
    accepted = prepare_accept_content(celery.conf.accept_content)
    assert loads(b"[1, {}, {}]", "application/json", "utf-8", accept=accepted) == [1, {}, {}]
    with pytest.raises(ContentDisallowed):
        loads(pickle.dumps([1, {}, {}]), "application/x-python-serialize", "binary", accept=accepted)
    with pytest.raises(ContentDisallowed):
        loads(b"- 1", "application/x-yaml", "utf-8", accept=accepted)
