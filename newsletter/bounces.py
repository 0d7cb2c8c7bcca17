"""What a mail server's refusal means for the reader: is the address dead, is it ill, or is it our own fault?"""

import re
from enum import StrEnum


class Kind(StrEnum):
    HARD = "hard"  # nobody is there: no more letters
    SOFT = "soft"  # not now: counts a little, and fades
    SENDER_FAULT = "sender_fault"  # they refuse us, not the reader
    COMPLAINT = "complaint"
    IGNORE = "ignore"


def judge_reply(code: int, text: str, at: str) -> Kind:
    """The meaning of an SMTP reply: `code` of three digits, its `text`, and the command it came `at`
    (connect, helo, auth, mail, rcpt, data, dot)."""
    if at not in ("rcpt", "dot", "data"):
        return Kind.SENDER_FAULT
    status = re.search(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b", text)
    if re.search(r"user unknown|no such (user|recipient|mailbox)|does ?n[o']t exist|unknown user", text, re.IGNORECASE):
        return Kind.HARD
    if code < 500:
        return Kind.SOFT
    if status and status[0] in ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"):
        return Kind.HARD
    if status and status[0] in ("5.2.2", "5.2.3"):
        return Kind.SOFT
    if at == "rcpt" and not status and code in (550, 551, 553) and not re.search(r"http|block|spam|polic", text):
        return Kind.HARD
    return Kind.SENDER_FAULT
