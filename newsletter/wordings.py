"""What mail servers say when they refuse a letter, and what it means for the reader.

Codes alone do not tell: many servers answer 550 5.7.1 to an address that does not exist, and 550 5.1.1 to a sender
they do not like. So the words come first, in an order that keeps a reader's letters in doubt: `judge` returns HARD only
when it is said that nobody is there. The wordings are those of the servers, in the languages they speak.
"""

import re
import unicodedata
from enum import StrEnum


class Kind(StrEnum):
    """What comes back, and what follows from it."""

    HARD = "hard"  # nobody is there: no more letters
    SOFT = "soft"  # not now: counts a little, and fades
    SENDER_FAULT = "sender_fault"  # they refuse us, not the reader: the editors are told
    COMPLAINT = "complaint"  # the reader called a letter unwanted
    IGNORE = "ignore"  # says nothing about the address: out of office, a letter by a person


def judge(words: str, status: str = "", code: int = 0) -> Kind | None:
    """The meaning of a refusal: its `words`, its enhanced `status` ("5.1.1", RFC 3463) and the reply `code`, each as
    far as known. HARD, SOFT or SENDER_FAULT; None where nothing in it tells."""
    words = _plain(words)
    temporary = _is_temporary(status, code)
    if _starts(status, "5.1.7", "5.1.8"):
        return Kind.SENDER_FAULT
    if "nxdomain" in words and not code:
        return Kind.HARD  # Gmail gives it up with 4.0.0, but the domain is gone
    for pattern, kind in _MEANINGS:
        if pattern.search(words):
            # A server that says "try again" has not said that nobody is there.
            return Kind.SOFT if kind == Kind.HARD and temporary else kind
    if temporary:
        return Kind.SOFT
    if code >= 550 and "action not taken: mailbox " in words and re.search(r"mailbox (un|not )available", words):
        return Kind.HARD  # said word for word of an unknown reader, with whatever status
    if (status or code) and _PERHAPS_NOBODY.search(words) and not _starts(status, "5.7", "5.3", "5.5.4", "5.6"):
        return Kind.HARD
    if _LATER.search(words) and status not in _NOBODY_AT:
        return Kind.SOFT
    return _by_status(status)


def find_codes(words: str) -> tuple[str, int]:
    """The enhanced status and the reply code that stand in the words, ("", 0) where none does. Of several the last
    permanent one: what was tried first is told first."""
    text = words[:_ENOUGH]
    statuses = [match[1] for match in _STATUS.finditer(text)]
    codes = [int(match[1]) for match in _CODE.finditer(text)]
    permanent = [status for status in statuses if status.startswith("5")]
    return (permanent or statuses or [""])[-1], max(codes, default=0)


def _plain(words: str) -> str:
    """In lower case and without addresses and paths, whose names must not count as words, and without accents, which
    half of all servers leave out."""
    words = without_accents(words[:_ENOUGH].lower().replace("’", "'").replace("`", "'"))
    words = re.sub(r"(https?://[^\s/?]{1,200})\S*", r"\1", words)
    words = re.sub(r"\bip[- ]address", "ip", words)  # not the address of a reader
    words = re.sub(r"[<(\[\"']*[^\s<>()\[\]\"':;,]{1,200}@[\w.-]{1,200}[>)\]\"']*", " ", words.replace("_", " "))
    return " ".join(words.split())


def without_accents(text: str) -> str:
    """Latin letters without their marks ("inválido" as "invalido"); other letters stay as they are."""
    return text.translate(_ACCENTS)


_ACCENTS = {
    point: base
    for point in range(0xC0, 0x250)
    if (base := unicodedata.normalize("NFKD", chr(point))[0]) != chr(point) and base.isascii()
} | str.maketrans("łŁøØđĐı", "lLoOdDi")

_ENOUGH = 12_000  # characters of what a server says; what follows is the letter itself

_STATUS = re.compile(r"(?<![\d.])#?([45]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_CODE = re.compile(r"(?<![\w.,:@/-])([45][0-5]\d)(?=[ \-:;,<)\]#]|$)", re.MULTILINE)


def _is_temporary(status: str, code: int) -> bool:
    if code:
        return 400 <= code < 500 and not status.startswith("5")
    return status.startswith("4")


def _starts(status: str, *beginnings: str) -> bool:
    return any(status == one or status.startswith(one + ".") for one in beginnings)


def _by_status(status: str) -> Kind | None:
    """RFC 3463, as servers use it where their words say nothing."""
    if status in _NOBODY_AT:
        return Kind.HARD
    if _starts(status, "5.7", "5.6", "5.5", "5.1.7", "5.1.8", "5.3.4", "5.2.3"):
        return Kind.SENDER_FAULT
    return Kind.SOFT if status[:1] in ("4", "5") else None


_NOBODY_AT = {"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.9", "5.1.10", "5.2.1"}


def _any(*patterns: str) -> re.Pattern:
    return re.compile(without_accents("|".join(patterns)))


# --- we are refused: the sender's address or server, told in words that otherwise speak of readers ---------------
_OUR_ADDRESS = _any(
    r"syntax in (the )?sender|invalid dns mx|mx or a/aaaa resource record|not subscribed to th|"
    r":blocked\)|too many (invalid|unknown|bad|non-?existent|wrong)|\bbatv\b|backscatter|unrout\w+ sender|\(sender\)|"
    r"from:? (address )?domain|from: .{0,60}domain|null sender|empty (envelope )?sender|\bdsns?\b not|"
    r"mx records? for .{0,60}(sender)",
    r"sender (address )?(verif|rejected|unknown|invalid|denied|refused|blocked|not allowed|is not)",
    r"sender'?s? (e-?mail |mail )?(address|domain|host|server|ip|mx)\S* .{0,60}(reject|not exist|unknown|"
    r"not found|invalid|verif|block|resolv)",
    r"(verif\w*|callout|callback|call-back).{0,40}(sender|return path|envelope from|mail from|\bfrom\b)",
    r"(unknown|invalid|bad|unverified|forged|unresolvable|rejected|blocked) (sender|reverse-path|return path|"
    r"from address|mail from)",
    r"(domain|account|address|mail ?box) of (the )?(sender|sending)",
    r"sender'?s? (account|e-?mail|mail ?box)\b.{0,40}(suspend|disabl|lock|block|inactive|deactivat)",
    r"sender domain", r"your (e-?mail )?(domain|hostname|helo|ip|server|mail ?server"
    r"|envelope(?! rec))\b",
    r"(helo|ehlo)( command)? (rejected|argument|name|invalid|hostname)", r"invalid helo", r"reverse dns", r"\bptr\b",
    r"client host (rejected|blocked)", r"access from ip", r"(client|sending) (host|server|ip)\b.{0,60}(reject|"
    r"block|denied|listed)",
    r"cannot find your (reverse )?hostname", r"mail from .{0,60}(rejected|refused|denied|not allowed|does not exist)",
    r"return (e-?mail )?(path|address|domain).{0,40}(not exist|invalid|reject|unknown)", r"from:? (header|field|"
    r"address) .{0,40}(invalid|missing|reject)",
    r"absender(adresse)?\b.{0,40}(unbekannt|abgelehnt|gesperrt|ungültig|existiert)", r"remetente|"
    r"expéditeur (refus|inconnu|rejet|bloqu)",
    r"domain .{0,60}(used )?(by|of|in) (the )?(sender|mail from|from)\b",
)  # fmt: skip

# --- the box is full, or too much comes at once: it may have room again --------------------------------------------
_FULL = _any(
    r"(mail ?box|mailfolder|inbox|account|user|recipient|maildir|mailstore|storage|message store|disk|allocated|"
    r"address|folder)\b[^.]{0,80}\b(full|exceed\w*|over\w* (quota|limit|size|its|the|disk|allocated|storage|"
    r"allowed)|out of (space|storage|quota)|at (its )?(limit|quota))",
    r"receiving mail (at a rate|too quickly)|(too many|zu ?viele) (messages|mails?) (on|auf)|space (has been|"
    r"is) used up|host( or domain)?( name)? not found[,.;]? (but )?(please )?try|type=mx: host not found, try|"
    r"over ?quota|quota[^.]{0,40}(exceed|full|reached|violat|limit|depass|dépass|superad|überschritten)|(exceed|"
    r"above|beyond|over|out of|exhaust|surpass)\w*[^.]{0,50}quota|\bquota\b.{0,20}\(?(error|violation)",
    r"mail ?box (is )?full|insufficient (system |disk )?(storage|space|quota)|not enough (disk |storage |"
    r"free )?(space|storage)|no (space|room) left|disk (is )?full|storage (limit|allocation) (exceeded|reached)",
    r"(too many|too much|number of) (messages|mail|mails) (in|on|stored|for) (the |this |his |your )?(mail ?box|"
    r"inbox|account|folder|user|recipient)|mail(box)? (size )?limit|exceeded (the )?(storage|mailbox|maximum|"
    r"space)|out of (disk )?space|message would cause",
    r"delivery would (exceed|cause)|exceeds? (his|her|their|its|the user'?s?) (quota|limit)|"
    r"cannot accept (any )?(more|further) (messages|mail)|boxfull|mailbox_?full|mailfull|capacity",
    r"postfach[^.]{0,30}\bvoll\b|mailbox[^.]{0,30}\bvoll\b|speicherplatz|kontingent|quota überschritten|"
    r"\büberfüllt",
    r"bo[iî]te[^.]{0,60}(pleine|satur)|quota .{0,20}(d[ée]pass|atteint)|bande passante",
    r"buz[oó]n[^.]{0,60}(lleno|llena|exced)|cuota[^.]{0,40}(exced|super)|excedi[oó]?[^.]{0,20}cuota|"
    r"casell\w+[^.]{0,60}(piena|esaurit)|spazio[^.]{0,30}esaurito",
    r"caixa[^.]{0,50}(cheia|lotada|excedeu)|(mailbox|postvak|brievenbus)[^.]{0,20}\bvol\b|"
    r"skrzynk\w+[^.]{0,60}(pełn|przepełn|zapeł|peln|przepeln)|limit[^.]{0,30}przekrocz|"
    r"przekrocz\w+[^.]{0,40}(limit|quot|pojemno)|schránka[^.]{0,30}pln",
    r"переполн|ящик[^.]{0,30}(полон|заполнен)|квот|postilaatikko[^.]{0,20}täynn|brevlåda[^.]{0,20}full|"
    r"postboks[^.]{0,20}full|kutusu[^.]{0,20}dolu",
    r"いっぱい|容量|満杯|一杯|邮箱[^.]{0,20}(已满|滿|满)|信箱[^.]{0,20}(已滿|满|滿)|超过|超出|용량",
)  # fmt: skip

# --- nobody is there --------------------------------------------------------------------------------------------
_PERSON = (
    r"(user|recipient|mail ?box|account|address|addressee|e-?mail|e-?mail address|name|alias|person|customer"
    r"|subscriber|member|local ?part|userid|user id|(e-?)?mail ?id|"
    r"destination|inbox|login|mail ?drop|rcpt|handle|username"
    r"|individual|contact)"
)
_NOT_BY = r"(?! (by|using|due|for|because|from|as|at|with|via|on|in)\b)"  # "mail blocked by", which is about us
_NOBODY = _any(
    rf"\b(unknown|no such|non-?existent|not existing|nonexisting|unrecogni[sz]ed|undefined|unkown|invalid|bad|"
    rf"wrong|inexistent|illegal|unavailable|obsolete|expired|deleted|terminated|cancell?ed|closed|disabled|"
    rf"inactive|deactivated|suspended|discontinued|dead|ex-?) (((local|virtual|final|delivery|e-?mail|mail|"
    rf"destination|target|rcpt|hotmail|internet|remote|to)[ -])*){_PERSON}",
    rf"{_PERSON}('?s)?(\W{{0,4}}\S{{3,80}}@\S{{3,80}})?\W{{1,5}}((e-?mail |mail )?(name|address|account|mailbox|"
    rf"id)\W{{1,3}})?(is |was |has been |are |were |isn't |appears to be |seems to be |may be |currently |status "
    rf"|= )*(\w+ly )?(an? )?(unknown|not[ -]found|not known|invalid|non-?existent|inactive|disabled|deactivated|"
    rf"suspended|closed|deleted|removed|expired|terminated|cancell?ed|discontinued|locked|blocked{_NOT_BY}|frozen|"
    rf"no longer|not (a )?(valid|active|recogni[sz]ed|listed|exist|existing|present|defined|known|registered|"
    rf"available here|local|in use|currently active|activated|enabled|on this (server|system))|unrecogni[sz]ed|"
    rf"undefined|dead|abandoned|retired|not our (customer|user))",
    rf"{_PERSON}[^.;]{{0,80}} (does ?n[o']t|do not|doesn't|don't|did not|didn't|dose not|dont|doesnt|can ?not|"
    rf"could not|couldn't|can't) (appear to )?(exist|(be )?(found|match|recogni|resol|locate|determine|identif|"
    rf"verif(y|ied)[^.]{{0,20}}exist)|have an?)",
    rf"(does ?n[o']t|do not|doesn't|don't) (appear to )?have (an? |any )?([\w.-]+ )?(account|mail ?box|user|"
    rf"address|mail service|email)|(no|not|not any|isn't any|find no) ([\w.-]+ )?{_PERSON}( \w+)?( here|"
    rf" by that name| with that name| named| found| exists?| matching| of that name| available under| present|"
    rf" under| for that| called| like that| is known)",
    r"user unknown|unknown user|unknown (or illegal )?(alias|recipient|address|account|local[ -]?part|mailbox)|"
    r"unknown to (us|address|this)|unknown_user|user_unknown|recipient_unknown|addressunknown|bad ?dest|"
    r"baddestination",
    r"no (such|valid) (user|person|recipient|account|address|mail ?box|name|local|alias|addressee|e-?mail|"
    r"virtual|mail|contact|rcpt|customer|subscriber|domain|host)|no (user|recipient|mail ?box|account) (here|by|"
    r"with|found|exists|on this)|no mail ?box|nosuchuser|no_such_user",
    r"not listed in (the )?(public|domino|directory|name|address)|not found in (the )?(directory|public|domino|"
    r"address|recipient|user|local|database|ldap|our|system)|not in (the |my |our )?(directory|list of|recipient"
    r"|user|local|database|address book|validrcpt)|not (a )?(known|valid|local|registered|"
    r"authoritative for)[ -](user|recipient|account|address|mailbox|e-?mail|person|here)|not handled here|"
    r"not an? user|not users? of (this|our)|this is not a valid|user not local|"
    rf"(does ?n[o']t|do not|don't) exists? (that|this|such|the) {_PERSON}",
    r"(could|can) ?n(o|')t (be )?(find|locate|resolve)\w*[^.]{0,30}(user|recipient|mail ?box|account|"
    r"e-?mail address|addressee)|could not find (the )?(user|recipient|mailbox)|address(es)? (you (entered|"
    r"sent to|typed)[^.]{0,30})?(couldn't|could not|can't|cannot|wasn't|was not) (be )?found|(wasn't|was not|"
    r"couldn't be|could not be) found at|not found (at|in) [a-z0-9.-]+\.[a-z]{2,}|address ?not ?found|"
    r"recipientnotfound|recipnotfound|recipient not found|mailbox not found|user not found|mailboxnotfound|"
    r"rcpt not found",
    r"resolver\.(adr|rst)\.(recipnotfound|ex\w*notfound|badprimary|invalid)|resolver\.adr\.\w*notfound|"
    r"\brecipnotfound",
    r"(is|are|has|have|was|were|been|user|recipient|address|account|mailbox) (no longer|not any ?more|"
    r"not anymore) (valid|in use|active|available|at|with|work\w*|employ|exist|on this|here|in service|accept\w*"
    r"|a (valid|customer)|used|monitored|being|maintained|subscri)|no longer (on|in|at|with|has|receiv\w+ mail|"
    r"accept\w+ mail|exists|available|valid|in use|active|works|employed)",
    r"(account|mail ?box|user|e-?mail|address|recipient)[^.]{0,60}(disabled|deactivated|inactive|suspended|"
    rf"discontinued|has been (closed|deleted|removed|terminated|cancell?ed|blocked{_NOT_BY}|locked)|is (closed|"
    rf"deleted|locked|blocked{_NOT_BY}|frozen|unavailable for inactiv)|not been (used|activated)|hibernat|dormant)|"
    r"\b(disabled|"
    r"inactive|suspended|deactivated|discontinued|not active|expired|closed|dormant) (user|account|mail ?box|"
    r"recipient|address|due to)|account that you tried to reach is (disabled|inactive)|inactive (for|since|more)"
    r"|inactivity",
    r"(has|have) (moved|changed (his|her|their|the|e-?mail|address))|user (has )?left|(has )?left the (company|"
    r"organi[sz]ation|university)|gone away|(new|forwarding) address (is|of)|please use (the )?new address|"
    r"moved to (a )?new",
    r"address(es)? rejected ?[:;,]? ?(user|recipient|no such|unknown|undeliverable|access denied|invalid|mailbox|"
    r"does not|not found|not exist|<?unknown|account|address|disabled|inactive|no |unverified)|"
    r"recipient rejected[:;,]? ?(user|no such|unknown|undeliverable|invalid|not found)|(address|"
    r"recipient) rejected: \S+@\S+$|undeliverable address|recipient address rejected: access denied|"
    r"undeliverable: (host|user|recipient|unknown|no)",
    r"unrouteable|unroutable|unreachable (user|recipient|domain)|(is|was) undeliverable at this|unable to (route"
    r"|relay) to (domain|host)|mailnothere|bad destination mailbox|bad destination email address|"
    r"delivery to (this|the) (recipient|address|user) (is )?(not possible|failed permanently)|bad address syntax"
    r"|malformed (recipient|address)|invalid (address )?syntax|syntax error in (mailbox|recipient|address)",
    r"not our customer|no account by|user account is (unavailable|disabled|overdrawn|locked)|(account|user|"
    r"address)[ :-]{1,3}(unavailable|unknown|invalid|inactive|disabled|suspended)( |$)|user (is )?(invalid|"
    r"suspended|expired|disabled|unavailable|terminated)|invalid (user|recipient|mailbox|account)|"
    r"recipient (is )?(unknown|invalid|unavailable)|is not (a )?(valid|active|known)|not permitted to receive|"
    r"unknown (or )?(invalid|disabled)",
    r"can't accept user|mail ?box unavaiable|utente simile|not email addresses|recipient not ok|badrcptto|"
    r"envelope recipient (has been|is|was) denied|recipients? (was|were|is|are) undeliverable|archived recipient|"
    r"bad ?recipientto|no ?one (is )?at this address|missing home directory|unavailable or access denied|"
    r"in name directory|(rcpt|user|recipient)\W{1,5}(unknown|doesn't exist|does not exist)|(currently|"
    r"been) suspended|archiv[ée]+e?\b|suspend(s|ed)? the service|bad[ -]?recipient|"
    r"did not (exactly )?match|no matches to|is not an? (\w+ )?(active|valid|known|existing|current)|(address|"
    r"recipient|user|mailbox) is not in service|could not find a gateway|no valid recipients",
    r"\b550 not used|is (now )?disabled\b|(user|recipient|rcpt|mail ?box)\W+not ok\b|not a member of (the )?domain|"
    r"(recipient|address) (can ?not|can't|could not) be verified|mail receiving disabled|\bdo(se|es|s)n'?t exist|"
    r"can't find (the )?(user|recipient|mail ?box)|(?<!delivery )temporarily suspended",
    # the domain is gone
    r"(recipient )?domain must exist|couldn't find (any|a) (host|mail exchanger)|indicat\w+ no (smtp|"
    r"mail) service|not hosted (here|on)",
    r"(host|domain|name|destination|server|mx|system|site|recipient'?s? domain)[^.;]{0,60}(does ?n[o']t exist|"
    r"doesn't exist|not exist|non-?existent|unknown|not (be )?found(?!,? ?(try|temporar))|no longer (exists|"
    r"in use|hosted)|is (invalid|unknown|not valid|expired)|has expired|couldn't be found|could not be (found|"
    r"resolved)|isn't (listed|valid)|not listed in)|(unknown|bad|illegal|invalid|non-?existent|no such|"
    r"unresolvable|cannot find|can't find) (host|domain|destination|mail ?server|address family)(?! error)|"
    r"domain ?not ?found|host ?unknown|host not found(?!,? ?(but|try|temporar))|nxdomain|"
    r"dns domain .{0,60}not exist|domaindoesnotexist|couldn't find any host|no such domain|infodomainnonexistent"
    r"|dns\w*domain\w*nonexist\w*",
    r"null ?mx|nullmx|does not accept (any )?(e-?mail|mail)(?! from)|(domain|host|server)[^.]{0,40}(does not|"
    r"doesn't) (accept|receive|handle|want)[^.]{0,10}mail|points? to non-?existent|no mx (record|host)s? (for|"
    r"found|or a)|mx (record )?(for|of)[^.]{0,60}(invalid|unreachable, |not exist|unresolvable)|no (valid )?(mx|"
    r"a) (record|or)|domain has no (mx|mail)|has no (mail exchanger|mx)|no mail (server|exchanger)s? (for|found)"
    r"|mail is not (accepted|handled) (here|for)|has no mail|no route to domain|domain is (not active|inactive|"
    r"parked|disabled|suspended)",
    # other languages
    r"(empfae?nger(adress\w*)?|benutzer|adresse|postfach|konto|teilnehmer|mailbox|e-?mail-?adresse|nutzer|kunde|"
    r"adressat)\b[^.]{0,80}(unbekannt|existiert nicht|nicht (gefunden|bekannt|vorhanden|existent|mehr|gültig|"
    r"verfügbar|aktiv)|ungue?ltig|gesperrt|deaktiviert|geloe?scht|konnte nicht gefunden|inaktiv|nicht ermittelt|"
    r"nicht existiert)|(unbekannte|ungue?ltige)[rs]? (empfae?nger|benutzer|adress|nutzer|e-?mail)|"
    r"kein (benutzer|empfae?nger|postfach|konto|solcher)|(wurde|konnte|konnten|kann)[^.]{0,50}nicht gefunden|"
    r"gibt es nicht|existiert nicht|"
    r"kein gültige",
    r"(utilisateur|destinataire|add?resse|compte|bo[iî]te|domaine|abonn[ée])[^.]{0,80}(inconnu|n'existe (pas|plus)"
    r"|introuvable|invalide|inexistant|désactiv|desactiv|ferm[ée]|expiré|supprim|suspendu|n'a pas (été|ete) trouv|"
    r"n'est (pas|plus) (valide|actif|active|connu))|n'existe (pas|plus)|inconnue? [àa]|introuvable|"
    r"n'a pas pu être trouv|n'a pas été trouv",
    r"(usuario|destinatario|direcci[oó]n|cuenta|buz[oó]n|dominio|casilla)[^.]{0,80}(desconocid|no existe|"
    r"inexistente|no (se )?(ha )?(encontr|fue encontr|es v[aá]lid|v[aá]lid|est[aá] (activ|dispon))|inv[aá]lid|"
    r"deshabilitad|desactivad|suspendid|bloquead|cancelad|dada de baja|inactiv|expirad|caducad|vencid)|"
    r"no existe|no se (ha )?(pudo|podido) encontrar|no se encontr[oó]|no se ha encontrado",
    r"(utente|destinatario|indirizzo|casella|account|dominio)[^.]{0,80}(sconosciut|inesistent|non (esiste|trovat"
    r"|valid|attiv|è (stat|più|valid|attiv|present)|e' |risulta|disponibile)|disabilitat|disattivat|sospes|chius"
    r"|scadut)|non esiste|indirizzo non trovato|impossibile trovare l'indirizzo|non è stato (possibile )?trova",
    r"(usu[aá]rio|destinat[aá]rio|endere[cç]o|conta|caixa|dom[ií]nio)[^.]{0,80}(desconhecid|inexistente|"
    r"n[aã]o (existe|encontrad|foi encontrad|[eé] v[aá]lid|v[aá]lid|est[aá] (ativ|dispon))|inv[aá]lid|"
    r"desativad|"
    r"suspens|bloquead|cancelad|inativ|expir(ad|ou))|n[aã]o existe|n[aã]o (foi|p[oô]de ser) encontrad",
    r"onbekende (gebruiker|ontvanger)|(gebruiker|ontvanger|adres|postvak|mailbox)[^.]{0,60}(onbekend|"
    r"bestaat niet|niet (gevonden|bekend|geldig|meer)|ongeldig)|bestaat niet|niet gevonden",
    r"nie istnieje|nie (można|udało się) (odnaleźć|znaleźć)|"
    r"nieznany (u[zż]ytkownik|odbiorca|adres)|(u[zż]ytkownik|adres\w*|konto|skrzynk\w+|"
    r"odbiorc\w+)[^.]{0,60}(nieznan|nie (zosta[lł]|znalezion|ma |jest (aktywn|zarejestr))|zablokowan|nieaktywn|"
    r"zawieszon|usuni[eę]t)|nie ma takiego|brak (takiego )?(u[zż]ytkownika|konta|skrzynki)|(neexistuje|neznám|"
    r"nenalezen|nebyl\w? nalezen|nelze (najít|nalézt))|neznan",
    r"(finns|findes|finnes) (ikke|inte|ej)|finner ikke|inte att hitta|"
    r"(hittades|fundet|funnet|hittas) (inte|ikke)|(inte|ikke|kunde inte|"
    r"kunne ikke)( blive| bli)? (hitta|finde|finne|fundet|funnet)|okänd (användare|mottagare)|ukendt (bruger|"
    r"modtager)|ukjent (bruker|mottaker)|ei (löydy|löytynyt|löytänyt|ole olemassa)|tuntematon|"
    r"nem létezik|nem található|"
    r"ismeretlen|bulunamad|mevcut değil|geçersiz|nu (există|exista|a fost găsit)|δεν (υπάρχει|βρέθηκε)|"
    r"не (существует|найден|зарегистрирован|знайден|існує)|неизвестн|неверн\w+ (адрес|получател)|"
    r"недействител|"
    r"(ящик|аккаунт|почтов|адрес|получател|пользовател)[^.]{0,60}(удал[её]н|отключ|заблокир|не актив|"
    r"неактив|"
    r"недоступ|невозможн)",
    r"リストにありません|登録されてい(ません|ない)|存在し|見つかりません|見つかりませんでした|宛先不明|あて先不明|該当する(ユーザ|アカウント)|"
    r"ありません(?=.{0,12}(ユーザ|アドレス|宛先))|(ユーザ|アドレス|宛先)[^。]{0,20}(存在"
    r"|見つか|無効|不明|間違)|不存在|无此用户|查无此人|找不到|無此|没有找到|拒收(?=.{0,20}不存在)|不正确|"
    r"存在하지|존재하지|찾을 수 없|없는 (사용자|주소|계정)",
)  # fmt: skip

# --- they refuse us, or this letter --------------------------------------------------------------------------------
_REFUSED = _any(
    r"(user|recipient|account|addressee) (has )?refuse[sd]? (to|mail|this)|refused to (receive|accept)|"
    r"sender\b.{0,20}pre-?approved",
    r"\bspam|\bspamm|\bunsolicited|\bjunk|\bube\b|\buce\b|bulk mail|black ?list|block ?list|blacklst|\brbl\b|"
    r"\bdnsbl|\buribl|\bsurbl|\bdbl\b|spamhaus|spamcop|barracuda|sorbs|mailspike|senderscore|cloudmark|"
    r"proofpoint|trend micro|mxlogic|mimecast|messagelabs|ironport|brightmail|postini|cisco.{0,20}talos|\bpbl\b|"
    r"\bcbl\b|njabl|abuseat|invaluement|uceprotect|backscatter|spfbl|\bnixspam|manitu|csi\.cloudmark",
    r"reputation|\bpolicy|\bpolicies|polic(y|ies) (violation|reason|restriction|reject)|"
    r"administrative(ly)? (prohib|reject|den)|\bprohibited|content (reject|filter|restric|policy|den|not|block|"
    r"scan|considered)|(rejected|blocked|denied|refused) (for|due to|because of|by|based on|as) (the |our |its |"
    r"their )?(content|polic|security|administrat|spam|virus|filter|rule|your|site|local|customer|mail ?guard|"
    r"reputation|data|header|organization|domain owner|sender)|objectionable|suspicious|malicious|phish|malware|"
    r"\bvirus|\bworm\b|trojan|infected|harmful",
    r"\bdmarc\b|\bspf\b|\bdkim\b|domainkeys|sender ?id\b|sender policy framework|unauthenticated|authenticat(ion"
    r"|ed)|not authenticated|auth(entication)? required|not authori[sz]ed|unauthori[sz]ed|authori[sz]ation",
    r"relay(ing|ed)? (is |was |access |not |access is |mail )?(denied|prohibited|not|operation rejected|"
    r"permitted|allowed|refused|restricted|attempt|disallowed|to)|not relay|(unable|refuse[sd]?|cannot|can't|"
    r"won't|will not|not (permitted|allowed|configured|willing)|denied|deny|no|don't|do not|does not|doesn't|"
    r"must not|may not|isn't allowed) to? ?relay|relay (not|access|denied|prohibit|operation|recip|is )|"
    r"we do not relay|not a relay|relaying|no relay|norelay|open relay|rcpthosts|not in my list of allowed|"
    r"allowed rcpt|not (a )?(permitted|allowed) to send (e-?mail )?(to|through|via)|gateway",
    r"(blocked|banned|refused|denied|barred|filtered|quarantin\w+|rejected) (by|using|from|at|via|because|due|"
    r"for|under|with|message|mail)|(has been|been|is|was|are|were|message|mail|e-?mail|connection|ip|host|sender"
    r"|address|content|server) (temporarily |permanently )?(blocked|banned|barred|filtered|listed|blacklisted|"
    r"quarantined|throttled|deferred due)|blocked\b|block(ing)? list|firewall|access (is )?denied|"
    r"permission denied|not permitted|not allowed|forbidden|not accepted (for|from|here|due|by)|refused (by|due|"
    r"to accept|mail)|mail refused|transaction failed|transactionfailed|delivery not authori|does not (like|want"
    r"|wish) (your|recipient|to receive)|not (want|wish|accept)\w* (mail|e-?mail|messages?)( from)?|"
    r"rejects? (mail|e-?mail|messages?)|message (was |has been |is )?(rejected|refused|denied|blocked|"
    r"not accepted|discarded)|mail (was |has been |is )?rejected|e-?mail (was |has been |is )?rejected|"
    r"rejected (message|mail|by the recipient)|denied by|we don't accept",
    r"rate ?limit|too many (messages|connections|recipients|emails?|mails?|concurrent|errors|invalid|bad|unknown"
    r"|commands|transactions|sessions)|too (fast|quickly|frequent)|(message|mail|connection|sending) rate|"
    r"throttl|exceeded (the )?(rate|hourly|daily|message|allowed|maximum (number|rate))|(hourly|daily|"
    r"sending) (limit|quota)|unusual rate|limit exceeded|try (again )?later.*complain|excessive|volume of|"
    r"tempfailed|ratelimit",
    r"message (is |was )?(too (large|big|long)|size|exceeds|length|larger)|(message|mail|maximum|max|fixed|size|"
    r"file)[ _-]?(size|limit|length)[^.]{0,40}(exceed|limit|too|larger|maximum)|size (limit|of|exceed)|"
    r"exceed\w*[^.]{0,30}(size|message|maximum|length|limit)|too (large|big)|larger than|oversize|(attachment|"
    r"file (type|name|extension)|executable|macro)s?\b",
    r"(challenge|whitelist|white list|approved (sender|list)|allow ?list|not on (the|my|our) |"
    r"must be (a )?(member|subscrib)|(members|subscribers|list|moderat\w+)[ -]only|restricted( to| by|:)|"
    r"permission to (send|post)|not subscribed|closed list|authrequired|notpermitted|not permitted to submit|"
    r"senderrequire|requires? (that )?(all )?senders?|accepts? (mail|e-?mail|messages?) only|only (accept|receiv"
    r"|authenticated|members))",
    r"(bare lf|bare line|invalid (header|message|mime|date)|header[^.]{0,30}(missing|invalid|malformed|violat|"
    r"error|required)|missing (header|from|date|message-id|to)|malformed (header|message|mime|date)|rfc ?\d{3,4}"
    r"|non-?rfc|not (rfc|compliant)|protocol (error|violation)|syntax error|command (not|un)|bad sequence|8-?bit"
    r"|non-?ascii|smtputf8|internationali[sz]ed|conversion|unsupported|tls|encrypt|starttls|certificate|"
    r"security (problem|reason|violation|policy)|dane|mta-sts)",
    r"complain|abuse|see https?://|for (more )?(information|details|help|explanation),? (see|visit|go to|please)"
    r"|contact (your|the) (administrator|postmaster|isp|provider|support)|postmaster (page|site)|unblock|delist|"
    r"sender (support|guideline|requirement)|postmaster\.\w+\.|open ?proxy|dial-?up|dynamic (ip|address|host)|"
    r"residential|generic (ip|hostname|rdns)|zombie|compromised|hacked|infect|botnet",
    r"werbe|unerwünscht|abgelehnt (wegen|durch|aufgrund|da)|richtlinie|nicht (erlaubt|gestattet|zugelassen|"
    r"berechtigt|autorisiert)|zu groß|blockiert|verweigert|verdacht|refus[ée]e? (par|pour|car)|politique|"
    r"indésirable|trop (volumineux|grand|de)|rejet[ée]e? (par|pour|car)|rechazado (por|debido)|pol[ií]tica|"
    r"no (deseado|autorizado|permitid)|demasiado (grande|s )|rifiutat\w+ (per|da|dal|perché)|troppo grand|"
    r"non (autorizzat|consentit|permess)|indesiderat|n[aã]o (autorizad|permitid)|recusad\w+ (por|devido)|"
    r"muito grande|ongewenst|geweigerd|te groot|odrzucon|zbyt (duż|duz|wiele)|спам|отклонен|запрещ|"
    r"слишком (большо|мног)|迷惑|拒否|ポリシー|垃圾|拒绝|拒絕|スパム|스팸",
)  # fmt: skip

# --- so plainly about us or the letter that "user unknown" beside it is a guess or an advice ----------------------
_PLAINLY_REFUSED = _any(
    r"(due to|because of|for|as) (suspected|suspicious|possible) (spam|content|phish)|"
    r"blocked (using|by) \S*\.\S|(listed|found) (in|at|by|on) \S*(spamhaus|spamcop|sorbs|barracuda|\brbl|dnsbl|xbl|"
    r"zen\.)|\b(spf|dkim|dmarc)\b[^.]{0,30}(fail|reject|not pass|did not|does not|policy|check|denied|violat)|"
    r"(fail\w*|denied by|due to|because of|violat\w*|does not pass) [^.]{0,20}\b(spf|dkim|dmarc)\b|"
    r"(considered|identified|detected|classified|marked|rejected|blocked|recogni[sz]ed|refused|flagged|tagged|looks "
    r"like|appears to be) (as |to be |like |due to |for |because of |by )*(suspected |possible |likely |containing |"
    r"potential )*(spam|unsolicited|junk|virus|malware|phishing)|message does not conform|"
    r"(message|mail|content) (was |has been |is )?(rejected|refused|blocked|denied) (by|due to|for|because of|under) "
    r"[^.]{0,20}(policy|policies|content|security|reputation)|content (filter|rejected)|"
    r"(this|your|the) (e-?mail )?(message|e-?mail|mail) (has been|was|is) (temporarily )?blocked|"
    r"(low|bad|poor) reputation",
    # a group of Google's: it does not exist, or we may not write to it, and they do not say which
    r"permission to post|投稿する権限",
)  # fmt: skip

# --- later ---------------------------------------------------------------------------------------------------------
_LATER = _any(
    r"grey ?list|gray ?list|greylst|try (again|your message|it|later)|tried too many|please retry|retry (later|"
    r"time|again|timeout)|temporar|tempor[aä]r|come back later|later\b|deferred|deferral|delayed|"
    r"service (is )?(not |un)available|resources|overload|too busy|busy|load average|high load|currently (not |"
    r"un)available|unavailable (currently|temporarily|at this time|at the moment)|maintenance|out of (service|"
    r"memory)|local (error|problem)|internal (server )?(error|problem|failure)|system (error|problem|failure|"
    r"not accepting|resources|is not)|configuration (error|problem)|i/o error|service shutting down|"
    r"closing (transmission|connection)|unexpected|lock(ed)? by|not available at",
    r"(connection|session|conversation|network|dialog|socket|server)[^.]{0,50}(timed[ -]?out|time[ -]?out|"
    r"refused|reset|dropped|closed|lost|failed|failure|broken|abort|terminated|unreachable|interrupted|expired|"
    r"error)|timed[ -]?out|time ?out|no route|network (is )?unreachable|host (is )?unreachable|unreachable|"
    r"not reachable|cannot connect|can't connect|couldn't connect|could not connect|unable to connect|"
    r"unable to (contact|reach)|no (response|answer|reply)|not respond|did not respond|isn't responding|"
    r"not answering|host is down|(message|time|delivery|retention|queue) ?\w* ?(expired|exceeded|limit)|expired|"
    r"in (the )?queue (too|for)|undelivered (for|after)|giving up|gave up|retry|exceeded the maximum time|"
    r"queue ?too ?long|delivery time",
    r"(mail|message|routing|forwarding|delivery|e-?mail|alias)[ -]?(is )?(in a )?(\w+ )?loop|loops? (back|"
    r"detected)|looping|loop\b|too many (hops|received|forward|redirect|mail)|hop ?count|(name ?server|dns|"
    r"domain name|mx|name service|resolver|lookup)[^.]{0,50}(fail|error|timeout|timed|problem|servfail|"
    r"not respond|unavailable|temporar|try again|refused)|lookup failed|servfail|(dns|mx)[ -](lookup|query|error"
    r"|server|failure|record)|unable to (look|resolve)|couldn't resolve|local configuration|cannot (create|write"
    r"|open|append|deliver)|can't (create|open|write)|write error|program (failed|died|exited)|pipe|procmail|"
    r"maildrop|delivery agent|no space|error writing|(mail|user) ?server (is )?(down|unavail)|unable to (open|"
    r"process|complete)|mailer (died|error)|failed with",
)  # fmt: skip

# --- said by some of an unknown reader, by some of much else -----------------------------------------------------
_PERHAPS_NOBODY = _any(
    r"mail ?box (is )?(unavailable|not available|busy or|name not allowed)|(recipient|address|addressee|"
    r"destination|user|rcpt)( address)? (was |is |has been )?(rejected|refused|denied|not accepted|not allowed|"
    r"undeliverable|failed)|(invalid|bad) (address|destination|recipient)|no longer|not (found|exist|valid|"
    r"known)|(reject|refus)\w* (the )?(recipient|address|rcpt)|account (is )?(unavailable|blocked|locked)|"
    r"does not like recipient|can(not|'t) deliver to|not (accept|receiv)\w* (mail|messages?|e-?mail) for|"
    r"delivery to the following recipient failed permanently",
)  # fmt: skip

_MEANINGS = [
    (_OUR_ADDRESS, Kind.SENDER_FAULT),
    (_FULL, Kind.SOFT),
    (_PLAINLY_REFUSED, Kind.SENDER_FAULT),
    (_NOBODY, Kind.HARD),
    (_REFUSED, Kind.SENDER_FAULT),
]
