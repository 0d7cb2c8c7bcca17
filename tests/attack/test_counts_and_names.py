"""Forgetting counts while people write; and whom an answer at the deepest level names."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from civic.lib import limits
from civic.lib.limits import Allowance
from comments.visibility import withdraw
from tests.factories import make_comment, make_guest


@pytest.mark.django_db(transaction=True)
def test_forgetting_past_counts_never_fails_a_post_that_takes_two_of_them():
    hour = timedelta(hours=1)
    for what in ("first", "second"):
        limits.take(what, "somebody", times=9, within=hour)
    Allowance.objects.update(until=timezone.now() - hour)
    troubles = []

    def forget() -> None:
        try:
            limits.forget_past()
        except Exception as error:
            troubles.append(error)
        finally:
            connections.close_all()

    forgetting = threading.Thread(target=forget)
    with transaction.atomic():
        limits.take("second", "somebody", times=9, within=hour)
        forgetting.start()
        for _ in range(100):  # until it waits for this row, or is done
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0] or not forgetting.is_alive():
                    break
            time.sleep(0.02)
        limits.take("first", "somebody", times=9, within=hour)
    forgetting.join()

    assert troubles == []


@pytest.mark.django_db
def test_an_answer_at_the_deepest_level_does_not_name_a_writer_who_withdrew():
    above = make_comment()
    for _ in range(4):
        above = make_comment(parent=above)
    gone = make_comment(parent=above, guest=make_guest(name="Gina Gone"))
    make_comment(parent=gone, body="To Gina, at the deepest level.")

    withdraw(gone)

    page = Client().get(gone.thread.get_absolute_url()).content.decode()
    assert "To Gina, at the deepest level." in page
    assert "Gina Gone" not in page
