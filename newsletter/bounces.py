"""What comes back: bounces, complaints, answers of machines, and letters by people who pressed "reply".

`classify` reads a message as it arrived, from anybody and possibly broken, and never raises. flufl.bounce finds
addresses where a bounce has no form; what a refusal means is judged in `newsletter.wordings`.
"""

import binascii
import contextlib
import email.errors
import json
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from html import unescape

from flufl.bounce import scan_message

from newsletter.wordings import Kind, find_codes, judge, without_accents

__all__ = ["BounceEvent", "Kind", "classify", "judge_reply"]

_ENOUGH = 1_000_000  # bytes read of a message; what a bounce says stands before the letter it carries
# Beyond these a message is no longer one of a mail server, but made to keep us busy; the rest of it is not read.
_LINE, _FOLDED_LINES = 20_000, 100  # bytes of a line; lines of a header
_WORDS = 100_000  # characters of what is written for people
_PEOPLE = 50  # addresses of a report; our letters go to one each


@dataclass(frozen=True)
class BounceEvent:
    """What a message says about one address. `address` and `status` ("5.1.1") as far as it tells them, `said` the
    server's words in one line of at most 300 characters."""

    kind: Kind
    address: str | None = None
    status: str | None = None
    said: str = ""


def classify(raw: bytes) -> list[BounceEvent]:
    """One event for each address that the message is about; a single one of kind IGNORE when it is no bounce and no
    complaint. Never empty, never raises. A few milliseconds."""
    with contextlib.suppress(Exception):  # whatever a hostile message does to the libraries, it is no bounce then
        message = _parse(raw[:_ENOUGH])
        if message is not None:
            return _read(_Letter(message, raw))
    return [BounceEvent(Kind.IGNORE)]


def _read(letter: "_Letter") -> list[BounceEvent]:
    for read in (_read_complaint, _read_receipt, _read_notification, _read_report, _read_bounce):
        if events := read(letter):
            return events
    return [BounceEvent(Kind.IGNORE)]


def judge_reply(code: int, text: str, at: str) -> Kind:
    """The meaning of an SMTP reply: `code` of three digits, its `text`, and the command it came `at`
    (connect, helo, auth, mail, rcpt, data, dot): HARD, SOFT or SENDER_FAULT. Only an answer to RCPT, or to the letter
    itself, can be about the reader."""
    if at not in ("rcpt", "data", "dot"):
        return Kind.SOFT if code < 500 and code != 421 else Kind.SENDER_FAULT
    status, _ = find_codes(text)
    if kind := judge(text, status, code):
        return kind
    if code < 500:
        return Kind.SOFT
    return (
        Kind.HARD if at == "rcpt" and code in (550, 551, 553) and not status and not text.strip() else Kind.SENDER_FAULT
    )


# --- reading a message --------------------------------------------------------------------------------------------


def _parse(raw: bytes) -> Message | None:
    whole = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n \t\0")
    return email.message_from_bytes(_within_bounds(whole)) if whole else None


def _within_bounds(whole: bytes) -> bytes:
    """Without what is too long to be meant: for a header of a megabyte the library needs minutes."""
    lines, folded = [], 0
    for line in whole.split(b"\n"):
        folded = folded + 1 if line[:1] in (b" ", b"\t") and line.strip() else 0
        if folded <= _FOLDED_LINES:
            lines.append(line[:_LINE])
    return b"\n".join(lines)


class _Letter:
    """A message in the pieces that the judgement needs: its parts but for letters it carries, and their words."""

    def __init__(self, message: Message, raw: bytes) -> None:
        self.message = message
        self.raw = raw
        self.parts = list(_own_parts(message))
        self.kinds = [part.get_content_type() for part in self.parts]
        self.subject = _header(message, "subject")
        self.title = _folded(self.subject)
        self.sender = _header(message, "from").lower()
        self.words = _words(self.parts)
        self.told = _before_the_letter(self.words)

    def has(self, *names: str) -> str:
        """The first header of these names, in lower case, or nothing."""
        return next((_header(self.message, name).lower() for name in names if name in self.message), "")


def _own_parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """The leaves of a message in their order. Not what is inside a letter that it carries."""
    yield message
    if message.is_multipart() and depth < 20 and message.get_content_maintype() == "multipart":
        for part in message.get_payload():
            yield from _own_parts(part, depth + 1)


def _header(message: Message, name: str) -> str:
    value = next((str(value) for field, value in message.raw_items() if field.lower() == name), "")
    value = _as_it_came(value)
    with contextlib.suppress(LookupError, ValueError, email.errors.MessageError, AssertionError):
        value = str(make_header(decode_header(value)))
    return " ".join(value.split())


def _words(parts: list[Message]) -> str:
    """The text parts in one, HTML without its tags only where there is no plain text."""
    plain = [_text(part) for part in parts if part.get_content_type() == "text/plain"]
    if not any(text.strip() for text in plain):
        plain = [_without_tags(_text(part)) for part in parts if part.get_content_type() == "text/html"]
    if not plain:  # a type that we do not know, or none that makes sense
        plain = [_text(part) for part in parts if not part.is_multipart() and part.get_content_maintype() == "text"]
    whole = parts[0].get_payload()  # of a multipart without parts, for its boundary got lost
    return ("\n".join(plain) or (whole if isinstance(whole, str) else ""))[:_WORDS]


def _text(part: Message) -> str:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        content = None
    if content is None:
        return ""
    for charset in (part.get_content_charset(), "utf-8"):
        try:
            return content.decode(charset or "utf-8")
        except (LookupError, ValueError):
            continue
    return content.decode("latin-1")


def _without_tags(html: str) -> str:
    html = html[:200_000]
    for name in ("style", "script", "head"):
        html = _without_element(html, name)
    html = re.sub(r"(?i)<(br|/p|/div|/tr|/li|/h\d)\b[^>]{0,1000}>", "\n", html)
    return unescape(re.sub(r"<[a-zA-Z/!][^>]{0,2000}>", " ", html))


def _without_element(html: str, name: str) -> str:
    """Without what stands between `<name` and its end; the rest as it is where one has no end."""
    kept, lower, at = [], html.lower(), 0
    while (start := lower.find(f"<{name}", at)) >= 0 and (end := lower.find(f"</{name}>", start)) >= 0:
        kept.append(html[at:start])
        at = end + len(name) + 3
    return " ".join([*kept, html[at:]])


def _address(text: str) -> str | None:
    """The address in a field such as `rfc822; <somebody@paper.example>`."""
    match = re.search(r"[^\s<>;:,\"'()\[\]]{1,200}@[A-Za-z0-9_.\u0080-\uffff-]{1,200}", text)
    return match[0].strip(".") if match else None


def _folded(text: str) -> str:
    """As the patterns want it: one line in lower case without accents."""
    return without_accents(" ".join(text.lower().replace("’", "'").split()))


def _pattern(*pieces: str) -> re.Pattern:
    return re.compile(without_accents("|".join(pieces)))


def _line(words: str) -> str:
    return " ".join(words.split())[:300]


# --- complaints ---------------------------------------------------------------------------------------------------

_COMPLAINTS = {"abuse", "fraud", "virus", "other", "miscategorized", "opt-out", "opt-out-list", "complaint", "spam"}


def _read_complaint(letter: _Letter) -> list[BounceEvent]:
    """A feedback report, RFC 5965, or what Hotmail and AOL sent before there was one."""
    for part, kind in zip(letter.parts, letter.kinds, strict=True):
        if kind == "message/feedback-report":
            return [_complaint(letter, _groups(part)[:1] or [{}])]
    if fields := [group for group in _split_groups(letter.words) if {"feedback-type", "version"} <= group.keys()]:
        return [_complaint(letter, fields)]
    if letter.message.get_param("report-type") == "feedback-report":
        return [BounceEvent(Kind.COMPLAINT, _complained_about(letter, {}))]
    carries = any(kind == "message/rfc822" for kind in letter.kinds)
    if re.match(r"complaint about message from |\[spamcop ", letter.subject.lower()) or (
        carries and re.match(r"\W{0,3}(staff@hotmail\.com|scomp@aol\.net)", letter.sender)
    ):
        return [BounceEvent(Kind.COMPLAINT, _complained_about(letter, {}))]
    return []


def _complaint(letter: _Letter, groups: list[dict[str, str]]) -> BounceEvent:
    fields = groups[0]
    kind = fields.get("feedback-type", "abuse").strip().lower()
    if kind not in _COMPLAINTS:
        return BounceEvent(Kind.IGNORE)
    return BounceEvent(Kind.COMPLAINT, _complained_about(letter, fields), None, f"feedback type {kind[:40]}")


def _complained_about(letter: _Letter, fields: dict[str, str]) -> str | None:
    """Who complained. Providers black their name out; the envelope sender in the report tells all the same."""
    for name in ("original-rcpt-to", "removal-recipient", "original-recipient"):
        if address := _address(fields.get(name, "")):
            return address
    for part in letter.message.walk():
        for name in ("x-hmxmroriginalrecipient", "x-original-to", "delivered-to", "to"):
            if part is not letter.message and (address := _address(_header(part, name))):
                return address
    return None


# --- what says nothing about an address ---------------------------------------------------------------------------


_ASKED_BACK = re.compile(
    r"guest list|waitlisted|challenge[- ]response|prove (that )?you('re| are) (a )?(human|person)|spam ?arrest"
    r"|confirm (that )?you (sent|are)|pre-?approved"
)


def _read_receipt(letter: _Letter) -> list[BounceEvent]:
    """Read receipts (RFC 8098), reports on TLS (RFC 8460) and on DMARC (RFC 7489)."""
    report = str(letter.message.get_param("report-type") or "").lower()
    quiet = {"message/disposition-notification", "application/tlsrpt+gzip", "application/tlsrpt+json"}
    if "automatically rejected" in f"{letter.subject} {letter.words[:300]}".lower():
        return []  # how some mail servers refuse a letter: a receipt that nobody read it
    if (
        report in ("disposition-notification", "tlsrpt")
        or quiet & set(letter.kinds)
        or "tls-report-domain" in letter.message
    ):
        return [BounceEvent(Kind.IGNORE)]
    if re.match(r"\W{0,3}(re: |fw: )?report domain:.{0,200}(submitter|report-id)", letter.subject.lower()):
        return [BounceEvent(Kind.IGNORE)]
    if re.search(r"boxbe|spamarrest|bluebottle", letter.sender) and _ASKED_BACK.search(letter.words.lower()[:5000]):
        return [BounceEvent(Kind.IGNORE)]
    return []


def _read_notification(letter: _Letter) -> list[BounceEvent]:
    """The notices that Amazon SES sends as JSON."""
    text = letter.words.lstrip()
    if not text.startswith("{") or not re.search(r'"(notification|event)Type', text.replace("\\", "")):
        return []
    try:
        notice = json.loads(text[: text.rindex("}") + 1])
        notice = json.loads(notice["Message"]) if "Message" in notice else notice
        kind = str(notice.get("notificationType") or notice["eventType"]).lower()
        if kind == "complaint":
            people = notice["complaint"]["complainedRecipients"]
            return [BounceEvent(Kind.COMPLAINT, str(person["emailAddress"])) for person in people]
        if kind == "bounce":
            return [_told_by_amazon(notice["bounce"], person) for person in notice["bounce"]["bouncedRecipients"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    return [BounceEvent(Kind.IGNORE)]


def _told_by_amazon(bounce: dict, person: dict) -> BounceEvent:
    said = str(person.get("diagnosticCode", ""))
    status = str(person.get("status", "")) or find_codes(said)[0]
    kind = judge(said, status, find_codes(said)[1])
    if kind is None:
        # "General" with words that tell nothing may be about us; without any, Amazon asks to write no more.
        vague = said and bounce.get("bounceSubType") == "General"
        kind = Kind.HARD if bounce.get("bounceType") == "Permanent" and not vague else Kind.SOFT
    return BounceEvent(kind, str(person["emailAddress"]), status or None, _line(said))


# --- reports on a delivery, RFC 3464 ------------------------------------------------------------------------------


def _read_report(letter: _Letter) -> list[BounceEvent]:
    groups = [
        group
        for part, kind in zip(letter.parts, letter.kinds, strict=True)
        if kind in ("message/delivery-status", "message/global-delivery-status")
        or (
            kind == "text/plain"
            and "delivery-status" in str(part.get_filename() or part.get("content-description", ""))
        )
        for group in _groups(part)
    ]
    if not groups and re.search(r"(?im)^\s{0,8}(final|original)-recipient:", letter.words):
        groups = [group for group in _split_groups(letter.words) if _recipient(group)]
    people = [group for group in groups if _recipient(group)]
    people = people or [group for group in groups if "action" in group or "status" in group]
    if not people:
        return []
    return [_reported(letter, group, alone=len(people) == 1) for group in people[:_PEOPLE]]


def _groups(part: Message) -> list[dict[str, str]]:
    """The groups of fields in a part of such a report, however it is wrapped."""
    payload = part.get_payload()
    if isinstance(payload, list):
        text = "\n\n".join(_flat(inner) for inner in payload)
    else:
        text = _text(part) or str(payload or "")
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    if isinstance(payload, list) and encoding in ("base64", "quoted-printable"):
        text = _decoded(text, encoding) or text
    return _split_groups(text)


def _flat(message: Message) -> str:
    fields = "\n".join(f"{name}: {value}" for name, value in message.raw_items())
    payload = message.get_payload()
    text = f"{fields}\n\n{payload if isinstance(payload, str) else ''}"
    return _as_it_came(text)


def _as_it_came(text: str) -> str:
    """Bytes that are not ASCII, where no charset is told."""
    content = text.encode("utf-8", "surrogateescape")
    try:
        return content.decode()
    except ValueError:
        return content.decode("latin-1")


def _decoded(text: str, encoding: str) -> str:
    try:
        content = text.strip().encode("ascii", "replace")
        if encoding == "base64":
            return binascii.a2b_base64(content).decode("utf-8", "replace")
        return quopri.decodestring(content).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _split_groups(text: str) -> list[dict[str, str]]:
    """Fields by their names in lower case, in groups that blank lines part. A field may go on in the next line."""
    groups: list[dict[str, str]] = [{}]
    name = ""
    for line in text[:200_000].split("\n"):
        match = re.match(r"\s{0,8}([A-Za-z][A-Za-z0-9-]{1,60}):[ \t]?(.*)", line)
        if not line.strip():
            if groups[-1]:
                groups.append({})
            name = ""
        elif match and (not line[:1].isspace() or "-" in match[1] or not name):
            name = match[1].lower()
            if name in ("final-recipient", "original-recipient") and name in groups[-1]:
                groups.append({})
            groups[-1].setdefault(name, match[2].strip())
        elif name:
            groups[-1][name] += " " + line.strip()
    return [group for group in groups if group]


def _recipient(group: dict[str, str]) -> str | None:
    """Whom a group is about: the address we wrote to, rather than the one it was forwarded to."""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        if name in group:
            return _address(group[name]) or group[name].partition(";")[2].strip() or None
    return None


def _reported(letter: _Letter, group: dict[str, str], *, alone: bool) -> BounceEvent:
    address = _recipient(group) or (_failed_recipient(letter) if alone else None)
    action = re.match(r"\W*(\w*)", group.get("action", "").lower())[1]
    given = re.search(r"[245]\.\d{1,3}\.\d{1,3}", group.get("status", ""))
    status = given[0] if given else ""
    said = re.sub(r"^\s*[\w.-]{1,40}\s*;", "", group.get("diagnostic-code", ""))
    if action in ("delayed", "delivered", "relayed", "expanded") or (status.startswith("2") and action != "failed"):
        return BounceEvent(Kind.IGNORE, address, status or None, _line(said))
    explained = _explanation(letter, address, alone)
    told, code = find_codes(said)
    if not code and not told:
        told, code = find_codes(explained)
    best = told if told and (not status or status.endswith(".0.0") or status[0] == told[0]) else status
    kind = None if _is_vague(said) else judge(said, best, code)
    if kind is None:
        # What surrounds it is written for people: a footer about viruses must not outweigh a plain status.
        kind = judge(_heart(explained) or explained, best, code)
        if kind == Kind.SENDER_FAULT and judge("", best) == Kind.HARD:
            kind = Kind.HARD
    return BounceEvent(_of_the_reader(kind, explained), address, best or None, _line(said or explained))


# The other side had not been told the reader's name yet: Postfix, Exim and sendmail say at what they were refused.
_TOO_EARLY = re.compile(
    r"\(in\s+reply\s+to\s+(mail\s+from|helo|ehlo|starttls|auth)\b|after (mail from:|initial connection|helo|ehlo)|"
    r">>> (mail from|helo|ehlo)[^\n]{0,500}\n(\s*<<< [^\n]{0,500}-[^\n]{0,500}\n){0,20}\s*<<< 5",
    re.IGNORECASE,
)
_NAMED = re.compile(r"in\s+reply\s+to\s+rcpt\b|after (rcpt to|end of data)|>>> rcpt to", re.IGNORECASE)


def _of_the_reader(kind: Kind | None, words: str) -> Kind:
    """SENDER_FAULT where `words` tell that we were refused before the reader was named."""
    if kind == Kind.HARD and _TOO_EARLY.search(words) and not _NAMED.search(words):
        return Kind.SENDER_FAULT
    return kind or Kind.SOFT


def _is_vague(said: str) -> bool:
    """Says no more than that it failed; the text beside it may say why."""
    return not said or len(re.sub(r"[\d.#;:<>\s-]|smtp|error|status|\S+@\S+", "", said.lower())) < 6


def _explanation(letter: _Letter, address: str | None, alone: bool) -> str:
    """What the report says in words about an address: all of it, or the paragraphs that name one of several."""
    words = letter.told
    if alone or not address:
        return words
    return "\n".join(part for part in re.split(r"\n\s*\n", words) if address.lower() in part.lower())


# --- bounces without a form ---------------------------------------------------------------------------------------

_DAEMON = re.compile(
    r"mailer[-_ .]?daemon|post[ _-]?master|mail[-_ .]?daemon|mdaemon|mail ?delivery|delivery (sub)?system|daemon@|"
    r"mail ?system|"
    r"mail ?admin|microsoftexchange|<bounce|^bounce|mailerdaemon|administrator@|<>|non-?delivery|undeliver|"
    r"internet mail|"
    r"smtp(32|-daemon| server)|system ?administrator|mailsystem|mail ?deliver|notify@"
)
_FAILED_SUBJECT = _pattern(
    r"undeliver|unzustellbar|nicht zugestellt|unzustellbare|zustellung|returned (mail|e-?mail|to sender)|"
    r"return(ed)? .{0,30}sender|"
    r"(delivery|mail|message|email|e-mail|transport|send)\b.{0,30}\b(fail|failed|failure|error|problem|status|"
    r"report|notif|unsuccess|impossib|"
    r"not (be )?(delivered|sent)|couldn't|rejected|returned|bounced)|failure (notice|delivery|to deliver|"
    r"notification)|fail(ed|ure)[: ].{0,30}(mail|deliver|message)|"
    r"failed mail|bounced? (mail|message)|non[- ]?(remis|deliver|livr|recapit|entreg)|non-?delivery|(échec|"
    r"echec).{0,30}(remise|distribution|livraison)|"
    r"mancat\w .{0,20}(consegna|recapito)|fallo? (en|de) (la )?entrega|error .{0,20}entrega|devuelto|no se (pudo"
    r"|puede) entregar|no entregad|não entregue|"
    r"falha (na|de) entrega|devolvid|onbestelbaar|niet bezorg|niedostarcz|nie dostarcz|zwrot|nedoručiteln|"
    r"nedorucen|olevererbar|kan ikke leveres|"
    r"не доставлен|недоставлен|доставк|戻り|配信(不能|エラー|できません)|送信(エラー|できません)|"
    r"エラー.{0,10}メール|退信|投递失败|系统退信|undelivered|"
    r"unknown (user|address)|user unknown|"
    r"warning: (could not|message)|could not (be )?(send|deliver)|cannot (be )?deliver|unable to deliver|"
    r"delivery (delay|notif)|mail could not|"
    r"rejected (mail|message|post)|(mail|message) (blocked|rejected|refused)|mail system error|nondeliverable|"
    r"(nachricht|mail) .{0,20}(abgelehnt|zuruckgewiesen)|(possivel|posible|possibile|possible) .{0,10}(entreg|"
    r"consegn|recapit|livr|remet|distribu)|toimitus|toimittam|kezbesit|teslim|nelivrat|doruc|"
    r"inte att leverera|ei voi(tu|da)? toimittaa|не удается доставить|сбой доставки|未(送达|传递|能传递)|"
    r"배달되지 않음|배달하지 못|전송 실패|"
    r"not delivered|quota|mailbox full|message status"
)
_FAILED_WORDS = _pattern(
    r"created automatically by mail delivery software|this is the .{0,40}qmail-send|qmail-(send|remote|local)|"
    r"(could|can) ?n[o']t (be )?deliver|unable to deliver|"
    r"(permanent|fatal) (fatal )?error|delivery (to the following|has failed|failed|failure)|did not reach|"
    r"undeliverable|returned? (mail|message|to (the )?sender)|"
    r"transcript of session|could not be (delivered|sent)|not (be )?delivered|remote host said|address(es)? (had"
    r"|failed)|was not delivered|has been returned|error message below|requested action not taken"
    r"|you sent (mail|a message)|not a valid user|"
    r"your message .{0,60}(fail|reject|bounc|return)|"
    r"(message|mail|e-mail) (that )?you sent|(the )?following (address|recipient|user)|mail (is )?undeliverable|"
    r"konnte nicht (zugestellt|ausgeliefert)|n'a pas pu|"
    r"could not send|konnten? .{0,40}nicht .{0,30}(zugestellt|ausgeliefert|gesendet|geschickt)|no se (pudo|"
    r"ha podido)|impossibile (consegnare|recapitare)|nie (mogła|mogl|została|zostala) .{0,20}(dostarcz|dorecz)|"
    r"配信でき|配信に失敗|送信でき|送信に失敗|お届けでき|(无法|未能?)(发送|投递|送达|传递)|退回|배달하지 못|"
    r"(gick|gar) inte att leverera|toimitus .{0,60}epaonnistui|сбой доставки|(levering|leverans) .{0,60}(mislyk|"
    r"misslyck)|abgelehnt|zurückgewiesen|rejeté|rechazad|"
    r"rifiutat|recusad|geweigerd|odrzucon|отклонен|falha na entrega|échec de (la )?(remise|distribution)|la remise a|"
    r"niet (bezorg|afgelever)|<<< [45]\d\d|[45]\d\d[ -][45]\.\d\.\d"
)
_STILL_TRYING = _pattern(
    r"(this is )?(only )?a warning (message )?only|warning message only|do not need to re-?send|do(n't|"
    r" not) (need to )?re-?send|no action is required|(has been|is|was|been) delayed|"
    r"will (continue|keep) (to be )?(try|trying|attempt|retr)|(will|continue) .{0,20}(try|trying|retried|"
    r"attempt)\w* .{0,30}(deliver|again|for|until)|still (trying|being retried|undelivered|in the queue)|"
    r"not yet been delivered|delivery attempts will continue|(delivery )?delayed|delayed (mail|delivery)|"
    r"wird weiter versucht|weitere versuche|verzögert|noch nicht zugestellt|"
    r"retardé|retrasad|demorad|in ritardo|opóźni|could not be delivered for the last|warning: (could not send|"
    r"message).{0,40}(past|delayed|still)"
)
_GAVE_UP = _pattern(
    r"(?<!will )giv(e|en|ing) up|gave up|permanent (fatal )?error|(?<!will be )returned|final(ly)? fail|"
    r"no further attempt|will not (be )?retr|cannot be delivered|has been undeliverable|undeliverable|"
    r"endgültig"
)
_COPY_BEGINS = re.compile(
    r"(?im)^[ \t>*#|-]{0,40}((below this line|this) is a copy of|-{2,}\W{0,3}(this is a copy|original|unsent|"
    r"the (header|body|following (message|text|is)|attached)|undelivered|forwarded|returned"
    r"|message (header|text|follows)|begin|"
    r"start of|copy of|headers)|"
    r"(original|unsent|returned|your|the original|the|attached|undelivered|copy of( your| the)?|full|"
    r"text of( your| the)?|here is (a copy|your)|content of( your| the)?|header(s)? of( your| the)?|"
    r"beginning of( your| the)?) (original )?(message|mail|e-?mail|text|headers?|letter|"
    r"returned message)( header| headers| text)?( follows| is attached| is included| below| attached|:|\s*-)|"
    r"message (header|text|body|headers)s? follow|included is a copy|a copy of (your|the) (original )?(message|"
    r"mail)|ursprüngliche (nachricht|mail)|message d'origine|mensaje original|messaggio originale)|"
    # headers that begin a line; some servers quote a few of them, indented, before they say what is wrong
    r"^(received: (from|by|\()|return-path: ?<|x-[a-z-]+: |mime-version: |message-id: |dkim-signature: )"
)


def _read_bounce(letter: _Letter) -> list[BounceEvent]:
    """qmail, Exim, and whoever writes a bounce as they like."""
    if _is_automatic_answer(letter):
        return [BounceEvent(Kind.IGNORE)]
    words = letter.told
    lower = _folded(words[:30_000])[:20_000]
    found = _addresses_in(letter)
    report = letter.message.get_param("report-type") == "delivery-status"
    daemon = report or _is_by_a_daemon(letter)
    failed = _says_that_it_failed(letter.title)
    told = bool(_FAILED_WORDS.search(lower))
    if not (
        "x-failed-recipients" in letter.message
        or (daemon and (failed or found or told))
        or (failed and (found or (told and _is_technical(words))))
    ):
        return []
    if _DELIVERED.search(letter.title):
        return [BounceEvent(Kind.IGNORE)]
    status, code = find_codes(words)
    waiting = f"{letter.title}\n{lower}"
    if _STILL_TRYING.search(waiting) and not _GAVE_UP.search(lower):
        return [BounceEvent(Kind.IGNORE, address, status or None, _line(words)) for address in found or [None]]
    events = [_said_in_words(words, address, alone=len(found) < 2) for address in found or [None]]
    if daemon and len(events) == 1 and events[0].kind == Kind.SOFT and not (status or code):
        return [_said_in_the_subject(letter.subject, events[0])]
    return events


def _is_by_a_daemon(letter: _Letter) -> bool:
    """By the name of the sender or, for what nobody forwarded, by an empty envelope sender."""
    if _DAEMON.search(letter.sender) or not letter.sender:
        return True
    return letter.has("return-path") == "<>" and not _FORWARDED.match(letter.title)


def _is_technical(words: str) -> bool:
    """Names an address, a code or a mail server, as a person who complains about a newspaper boy does not."""
    return bool(_address(words) or _MACHINE.search(_folded(words[:5000]))) or find_codes(words) != ("", 0)


_MACHINE = re.compile(
    r"(created|generated|sent) automatically|automatic(ally)? (created|generated|sent|message)|delivery attempts|"
    r"mail ?(delivery|transfer|transport)? ?(server|system|software|agent|gateway)|\bsmtp\b|\bmta\b|\besmtp\b"
)


_REPLIES = re.compile(r"(?m)\(reason: ([^\n]{1,300})|^\s{0,4}<<< ?([45]\d\d[^\n]{0,300})")
_ANSWER = re.compile(r"(?m)^()([45]\d\d[ -][^\n]{1,300}(?:\n[45]\d\d[ -][^\n]{1,300}){0,9})")


def _said_in_words(words: str, address: str | None, *, alone: bool) -> BounceEvent:
    near = words
    if not alone and address:
        near = "\n".join(part for part in re.split(r"\n\s*\n", words) if address.lower() in part.lower()) or words
    status, code = find_codes(near)
    kind = judge(_heart(near), status, code) if _heart(near) else None
    kind = _of_the_reader(kind or judge(near, status, code), near)
    return BounceEvent(kind, address, status or None, _line(near))


def _said_in_the_subject(subject: str, event: BounceEvent) -> BounceEvent:
    """ "Returned mail: User unknown", where the message itself gives no reason."""
    if judge(event.said) is None and (kind := judge(subject)):
        return BounceEvent(kind, event.address, event.status, _line(subject))
    return event


def _heart(words: str) -> str:
    """What the other side said, where it stands in lines of its own: sendmail writes "User unknown" around it whatever
    it was, and Gmail "Address not found"."""
    said = _REPLIES.findall(words) or _ANSWER.findall(words)
    return "\n".join(reason or reply for reason, reply in said)


def _addresses_in(letter: _Letter) -> list[str]:
    if address := _failed_recipient(letter):
        return [address]
    try:
        found = scan_message(_parse(letter.raw[:_WORDS]))
    except Exception:  # a library that meets hostile input: whatever it stumbles over, there is no address then
        return []
    return sorted({one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in found})


def _failed_recipient(letter: _Letter) -> str | None:
    return _address(_header(letter.message, "x-failed-recipients"))


def _before_the_letter(words: str) -> str:
    """What the mail server says, without the letter that it gives back."""
    match = _COPY_BEGINS.search(words, 1)
    return words[: match.start()] if match and words[: match.start()].strip() else words


_FORWARDED = re.compile(r"(fwd?|wg|tr|i|rv|enc|doorst|vs|vl|pd)\s{0,3}:")
_DELIVERED = _pattern(
    r"success(ful|fully)? .{0,20}(deliver|mail)|delivered successfully|delivery .{0,20}(successful|success)|"
    r"erfolgreich zugestellt|zustellung .{0,10}erfolgreich|^relayed:|^delivered:|^zugestellt:|^expanded:"
)
_AWAY = _pattern(
    r"out[- ]of[- ](the )?office|out of (the )?town|vacation|auto(matic|matically|mated)?[-: ]?(reply|response|"
    r"respond|answer|generated|notification|acknowledg)|autoreply|autorespon|automatische (antwort|rückmeldung)|"
    r"abwesen|nicht im (büro|haus)|urlaub|réponse automatique|reponse automatique|absence|absent|en (congé|"
    r"vacances)|respuesta autom|fuera de (la )?oficina|ausen|vacaciones|risposta automatica|fuori (sede|ufficio)"
    r"|in ferie|assen[zt]|"
    r"resposta autom|fora do escrit|férias|automatisch antwoord|afwezig|automatische beantwoording|"
    r"automatyczna odpowied|autoodpowied|nieobecno|poza biurem|urlop|automatisk|frånvaro|fravær|autosvar|"
    r"automaattinen|poissa|"
    r"automatická odpov|mimo kancel|otomatik yan|automatikus válasz|házon kívül|răspuns automat|"
    r"автоматическ|"
    r"автоответ|в отпуске|отсутств|αυτόματη|自動(応答|返信|回答|送信)|不在|休暇|自动(回复|答复)|自動回覆|"
    r"외출|부재|자동|holiday|"
    r"on leave|away from|i('m| am) (away|out|on)|will be (away|out)|currently (away|out)|"
    r"thank you for (your )?(e-?mail|message|contacting|writing)|we (have )?received your|has been received|"
    r"ticket|confirm(ation)? (of|your)|verif(y|ication)|challenge|permission"
)


def _says_that_it_failed(subject: str) -> bool:
    """People forward bounces, and answer letters about full mailboxes."""
    if _FORWARDED.match(subject):
        return False
    if re.match(r"(re|aw|antw|sv|odp|rif)\s{0,3}:", subject):
        return bool(re.search(r"undeliver|delivery (has )?failed|non[- ]?(remis|delivery)|returned mail", subject))
    return bool(_FAILED_SUBJECT.search(subject))


def _is_automatic_answer(letter: _Letter) -> bool:
    """Somebody is away, or a machine wants to know whether we are one (RFC 3834)."""
    subject = letter.title
    machine = letter.has(
        "x-autoreply",
        "x-autorespond",
        "x-autoresponder",
        "x-auto-reply",
        "x-autogenerated",
        "x-mail-autoreply",
        "x-vacation",
    )
    answered = (
        machine
        or letter.has("auto-submitted").startswith(("auto-replied", "auto-notified"))
        or "auto" in letter.has("precedence")
    )
    daemon = bool(_DAEMON.search(letter.sender)) or "x-failed-recipients" in letter.message
    if daemon and (_FAILED_SUBJECT.search(subject) or not (answered or _AWAY.search(subject))):
        return False
    if daemon and not _AWAY.search(subject) and _FAILED_WORDS.search(_folded(letter.words[:2000])):
        return False
    return bool(answered or _AWAY.search(subject))
