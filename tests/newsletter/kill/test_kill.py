"""The short form of `python -m bench.kill_newsletter`: `kill -9` in every phase, and a mail server with all faults."""

from urllib.parse import urlsplit

import pytest

from bench.kill_newsletter import CONNECTIONS, FAULTS, PHASES, Rounds, frozen_issue, sink_beside

READERS, ROUNDS = 160, 12


@pytest.fixture
def record(tmp_path, settings):
    """What a sink with faults got, while it runs."""
    path = tmp_path / "record"
    often = {fault: share if fault == "seconds" else share * 4 for fault, share in FAULTS.items()}
    with sink_beside(path, often | {"no_pipelining": 0.3}) as port:
        url = urlsplit(f"smtp://127.0.0.1:{port}")
        settings.EMAIL_HOST, settings.EMAIL_PORT = url.hostname, url.port
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.NEWSLETTER_CONNECTIONS = CONNECTIONS
        yield path


@pytest.mark.django_db(transaction=True)
def test_killed_in_every_phase_no_reader_gets_two_and_none_is_lost_unseen(record):
    rounds = Rounds(frozen_issue(READERS), record, letters_a_round=12)

    rounds.run(ROUNDS)

    assert {phase: rounds.hits[phase] for phase in PHASES} == dict.fromkeys(PHASES, ROUNDS // len(PHASES))
    assert sum(rounds.compare().values()) == READERS
    assert 1 <= rounds.most_unknown <= CONNECTIONS


def test_the_comparison_notices_a_reader_who_got_two_letters(record, db):
    issue = frozen_issue(3)
    rounds = Rounds(issue, record, letters_a_round=1)
    first = issue.deliveries.first()
    record.write_text(f"kept {first.address} <{issue.pk}.{first.pk}.x@paper.example>\n" * 2)

    with pytest.raises(AssertionError, match="got two letters"):
        rounds.compare()


def test_the_comparison_notices_a_letter_that_came_and_is_shown_as_waiting(record, db):
    issue = frozen_issue(3)
    rounds = Rounds(issue, record, letters_a_round=1)
    first = issue.deliveries.first()
    record.write_text(f"kept {first.address} <{issue.pk}.{first.pk}.x@paper.example>\n")

    with pytest.raises(AssertionError, match="is queued, the sink has it"):
        rounds.compare()
