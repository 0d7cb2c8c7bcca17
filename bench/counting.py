"""How many queries an answer took, as a header of it."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse

from bench.figures import HEADER
from civic import pages


class CountQueries:
    """Stands outermost, so that nobody answers before it. Counts every statement, savepoints too, and the question
    whether a kept page is still true, which goes over a line of its own. One request at a time, please."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.made = 0
        ask = pages.lines.ask

        def counted(*args):
            self.made += 1
            return ask(*args)

        pages.lines.ask = counted

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.made = 0

        def count(execute, sql, params, many, context):
            self.made += 1
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response[HEADER] = str(self.made)
        return response
