"""How many queries an answer took, as a header of it."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse

HEADER = "X-Bench-Queries"


class CountQueries:
    """Stands outermost, so that nobody answers before it. Counts every statement, savepoints too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        made = 0

        def count(execute, sql, params, many, context):
            nonlocal made
            made += 1
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response[HEADER] = str(made)
        return response
