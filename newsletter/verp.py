"""An envelope sender of its own for every letter: what comes back says by its address which delivery it is about.

Mail servers send a bounce to the envelope sender, whatever else they leave out of it. The token is keyed, so that
nobody can make up a bounce for a letter that is not theirs.
"""

import base64
import hmac
import re

from django.conf import settings

from civic.lib import tokens

# b+ and 32 letters and digits of base32, which survives mail systems that fold the case: 8 bytes of the
# delivery's number and 12 of its keyed hash. 34 characters; a local part may have 64 (RFC 5321, 4.5.3.1.1).
_ADDRESS = re.compile(r"\s*<?b\+([a-z2-7]{32})@([^@<>\s]+?)\.?>?\s*", re.IGNORECASE)
_NUMBER, _PROOF = 8, 12  # bytes


def address_for(delivery_id: int) -> str:
    """The envelope sender of a delivery, always of the same length. A few microseconds."""
    token = delivery_id.to_bytes(_NUMBER) + tokens.fingerprint("newsletter.verp", str(delivery_id))[:_PROOF]
    return f"b+{base64.b32encode(token).decode().lower()}@{_domain()}"


def read(address: str) -> int | None:
    """The delivery that an address of ours names, in any letter case; None for every other address."""
    match = _ADDRESS.fullmatch(address)
    if not match or match[2].lower() != _domain():
        return None
    token = base64.b32decode(match[1].upper())
    delivery_id = int.from_bytes(token[:_NUMBER])
    proofs = [proof[:_PROOF] for proof in tokens.fingerprints("newsletter.verp", str(delivery_id))]
    return delivery_id if any(hmac.compare_digest(token[_NUMBER:], proof) for proof in proofs) else None


def _domain() -> str:
    return settings.BOUNCE_ADDRESS.rpartition("@")[2].lower()
