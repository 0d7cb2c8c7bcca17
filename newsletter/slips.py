"""Slips of the finger in the best-known mail domains: a letter to one of these reaches nobody, or a stranger."""

_MEANT = {
    "gmail.com": "gmial.com gmal.com gmil.com gmai.com gamil.com gmaill.com gnail.com gmail.con gmail.co gmail.cm",
    "hotmail.com": "hotmial.com hotmai.com hotmal.com hotmil.com homail.com hotmail.con hotmail.co hotmail.cm",
    "outlook.com": "outlok.com outloo.com outlok.con outlook.con outllok.com outlook.co outlook.cm",
    "yahoo.com": "yaho.com yahooo.com yhaoo.com yahho.com yahoo.con yahoo.co yahoo.cm",
    "icloud.com": "iclod.com icoud.com iclould.com icloud.con icloud.co icloud.cm",
}
_SLIPS = {slip: meant for meant, slips in _MEANT.items() for slip in slips.split()}


def meant(address: str) -> str:
    """The address that was probably meant; "" where nothing looks like a slip. Asks nobody: the domains are a list."""
    name, at, domain = address.rpartition("@")
    right = _SLIPS.get(domain.lower(), "")
    return f"{name}@{right}" if at and right else ""
