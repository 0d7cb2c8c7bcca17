import pytest

from civic.launcher import environment
from civic.launcher.talk import Trouble


@pytest.fixture(autouse=True)
def _bare(monkeypatch):
    for name in ("DEBUG", "SECRET_KEY", "HASH_KEY", "SITE_URL", "EMAIL_URL", "ALLOWED_HOSTS", "PGHOST"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


def test_a_laptop_gets_all_it_needs(tmp_path):
    filled = environment.for_site(tmp_path, "postgresql:///civic", 8123)

    assert filled["DEBUG"] == "1"
    assert filled["SITE_URL"] == "http://localhost:8123"
    assert filled["EMAIL_URL"] == "outbox:"
    assert filled["DATABASE_URL"] == "postgresql:///civic"
    assert len(filled["SECRET_KEY"]) > 50
    assert filled["SECRET_KEY"] != filled["HASH_KEY"]


def test_secrets_are_made_once_and_for_the_owner_alone(tmp_path):
    first, second = (environment.for_site(tmp_path, "postgresql:///civic", 8000) for _ in range(2))

    assert [first["SECRET_KEY"], first["HASH_KEY"]] == [second["SECRET_KEY"], second["HASH_KEY"]]
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_secret_that_was_cut_short_is_made_anew(tmp_path):
    (tmp_path / "secret_key").touch()

    assert len(environment.for_site(tmp_path, "postgresql:///civic", 8000)["SECRET_KEY"]) > 50


def test_what_the_caller_set_stands(tmp_path, monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://paper.example")
    monkeypatch.setenv("SECRET_KEY", "mine")

    filled = environment.for_site(tmp_path, "postgresql:///civic", 8000)

    assert (filled["SITE_URL"], filled["SECRET_KEY"]) == ("https://paper.example", "mine")
    assert not (tmp_path / "secret_key").exists()


def test_outside_of_debug_nothing_is_made_up(tmp_path, monkeypatch):
    monkeypatch.setenv("DEBUG", "0")
    monkeypatch.setenv("SECRET_KEY", "a")

    with pytest.raises(Trouble, match=r"^HASH_KEY must be set"):
        environment.check_secrets()
    filled = environment.for_site(tmp_path, "postgresql:///civic", 8000)

    assert not {"HASH_KEY", "EMAIL_URL", "ALLOWED_HOSTS"} & set(filled)
    assert list(tmp_path.iterdir()) == []


def test_libpq_is_not_steered_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv("PGHOST", "elsewhere.example")
    monkeypatch.setenv("PG_BIN", "/opt/pg/bin")

    filled = environment.for_site(tmp_path, "postgresql:///civic", 8000)

    assert "PGHOST" not in filled
    assert filled["PG_BIN"] == "/opt/pg/bin"


def test_tests_never_see_the_settings_of_the_site(tmp_path, monkeypatch):
    for name in ("SECRET_KEY", "EMAIL_URL", "DATABASE_URL", "CDN_SECONDS", "PGHOST"):
        monkeypatch.setenv(name, "of the site")
    monkeypatch.setenv("SECRET_KEY_FILE", "/run/secrets/key")

    filled = environment.for_tests(tmp_path, "postgresql:///postgres")

    assert "of the site" not in filled.values()
    assert "SECRET_KEY_FILE" not in filled
    assert filled["DEBUG"] == "0"
