"""Answering in public: decisions in numbers, and the log of them. The same for everybody, without a cookie."""

import re
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from civic.lib.pages import kept, made_of
from moderation.public_log import Few, Line, Log, Wanted, load_log
from moderation.transparency import load_transparency

WHO = {True: "a program", False: "a person", None: None}  # None: not told
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


@require_safe
@kept("month")
def transparency(request: HttpRequest) -> HttpResponse:
    """One month by rule, and the year before it."""
    shown = load_transparency(month_asked_for(request))
    if shown is None:
        raise Http404
    return render(request, "moderation/transparency.html", {"shown": shown, "wanted": request.GET.get("month", "")})


@require_safe
@kept("month", "act", "rule", "before")
def public_log(request: HttpRequest) -> HttpResponse:
    """A month of decisions, without a word or a name."""
    log, asked = _log(request)
    _tell_what_it_is_made_of(request, log)
    context = {"log": log, "asked": asked, "feed": _address("public_log_feed", log.month, asked)}
    context["next"] = _address("public_log", log.month, asked | {"before": log.next}) if log.next else ""
    return render(request, "moderation/public_log.html", context)


@require_safe
@kept("month", "act", "rule", "before", for_everybody=True)
def public_log_feed(request: HttpRequest) -> JsonResponse:
    """The same for programs."""
    log, asked = _log(request)
    _tell_what_it_is_made_of(request, log)
    pages = {
        "next": _address("public_log_feed", log.month, asked | {"before": log.next}) if log.next else None,
        "older": _address("public_log_feed", log.older, asked) if log.older else None,
    }
    return JsonResponse(
        {
            "month": f"{log.month:%Y-%m}" if log.month else None,
            "decisions": [_line(line) for line in log.lines],
            "fewer_than_five_each": [_few(few) for few in log.few],
            **{name: address and settings.SITE_URL + address for name, address in pages.items()},
        }
    )


def _log(request: HttpRequest) -> tuple[Log, dict[str, str]]:
    """The page of the log that is asked for, and by what it is narrowed down."""
    asked = {name: request.GET[name] for name in ("act", "rule") if request.GET.get(name)}
    wanted = Wanted(month=month_asked_for(request), before=request.GET.get("before", ""), **asked)
    log = load_log(wanted, request.site.zone)
    if log is None:
        raise Http404
    return log, asked


def _tell_what_it_is_made_of(request: HttpRequest, log: Log) -> None:
    """Titles stand in it: it is true for as long as the discussions are to be read, and named like that."""
    threads = {line.thread.pk: line.thread for line in log.lines if line.thread}.values()
    made_of(request, *threads, until=[thread.visible_until for thread in threads])


def month_asked_for(request: HttpRequest) -> date | None:
    """`2026-11`, as its first day; None for the newest. Anything else is not there."""
    text = request.GET.get("month", "")
    if not text:
        return None
    if not (found := MONTH.fullmatch(text)) or found[1] == "0000":
        raise Http404
    return date(int(found[1]), int(found[2]), 1)


def _address(name: str, month: date | None, asked: dict[str, str]) -> str:
    return f"{reverse(name)}?{urlencode({'month': f'{month:%Y-%m}', **asked})}" if month else reverse(name)


def _line(line: Line) -> dict[str, Any]:
    thread = line.thread
    return {
        "day": line.day,
        "act": line.act,
        "rule": line.rule or None,
        "rule_is_withheld": line.rule is None,
        "decided_by": WHO[line.by_program],
        "discussion": {"title": thread.title, "address": settings.SITE_URL + thread.address} if thread else None,
        "outcome": line.outcome or None,
    }


def _few(few: Few) -> dict[str, Any]:
    return {
        "act": few.act,
        "rule": few.rule or None,
        "decided_by": WHO[few.by_program],
        "number": str(few.number),
    }
