"""Looking for what must not be left of somebody, in every text of every table."""

from django.db import connection

# What a value may hide in, as text: strings, JSON and their arrays, dates left out. Bytes are searched as they are.
_COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = current_schema()
  AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'bytea', 'USER-DEFINED', 'uuid')
ORDER BY table_name, column_name
"""


def traces_of(*words: str) -> list[str]:
    """`table.column: word` for every place in the database where one of the words stands, in any letter case."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for table, column, kind in cursor.fetchall():
            text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            for word in words:
                cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {text} ILIKE %s', [f"%{word}%"])  # noqa: S608
                if cursor.fetchone()[0]:
                    found.append(f"{table}.{column}: {word}")
    return found + _in_sessions(words)


def _in_sessions(words: tuple[str, ...]) -> list[str]:
    """Sessions are signed and packed: their text has to be unpacked first."""
    from django.contrib.sessions.models import Session

    said = [str(session.get_decoded()).lower() for session in Session.objects.all()]
    return [f"session: {word}" for word in words for one in said if word.lower() in one]
