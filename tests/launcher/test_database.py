"""The plugin `tests.database`, seen from tests that use it."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections

from tests.database import Server, state_of_migrations


@pytest.fixture
def server(db):
    return Server(connection.settings_dict)


def committed():
    return ContentType.objects.filter(app_label="left by a test").count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_test_commits_is_gone_in_the_next_and_what_migrations_made_is_still_there(time):
    assert committed() == 0
    assert ContentType.objects.get_for_model(ContentType).pk in ContentType.objects.values_list("pk", flat=True)

    ContentType.objects.create(app_label="left by a test", model="row")


@pytest.mark.django_db
def test_nor_does_a_rolled_back_test_see_it():
    assert committed() == 0


@pytest.mark.django_db(transaction=True)
def test_a_connection_left_open_does_not_hold_up_the_renewal(request):
    alive = connections["default"].copy()
    alive.connect()
    request.addfinalizer(alive.close)


def test_a_session_works_in_a_copy_of_the_one_template(server):
    assert connection.settings_dict["NAME"].startswith("test_")
    assert server.names("^tpl_") == [f"tpl_{state_of_migrations()}"]


def test_databases_of_killed_sessions_are_dropped_and_those_of_others_are_not(server):
    for name in ("test_killed_1", "base_killed_1", "test_alive_1"):
        server.do("CREATE DATABASE {} TEMPLATE template0", name)

    with server.marked_as_ours("alive_1"):
        server.drop_leftovers()
        names = server.names("^(test|base)_")

    assert not {"test_killed_1", "base_killed_1"} & set(names)
    assert {"test_alive_1", connection.settings_dict["NAME"]} <= set(names)
    server.drop("test_alive_1")


def test_the_role_of_the_tests_has_the_extensions_and_is_no_superuser(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unaccent('é'), 'A'::citext = 'a', similarity('word', 'word'), rolsuper FROM pg_roles "
            "WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("e", True, 1.0, False)
