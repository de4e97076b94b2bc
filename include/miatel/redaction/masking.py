"""An unknown answer's form without its content: what an engineer may see of a refused body."""

from __future__ import annotations

import re

_TOKENS = re.compile(
    r"""
    (?P<string>"(?:[^"\\]|\\.)*"?)   # the last one may be cut
    | (?P<time>\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2})?(?!\d))
    | (?P<phone>\d(?:[ ().-]{0,3}\d){6,})
    | (?P<number>\d[\d.]*)
    | (?P<word>[^\W\d_][\w'-]*)
    | (?P<mark>[\s{}\[\]:,<>/=.;!?&()+*\#%@|\\~^$`'_•-])
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")  # UTF-16 has one beside each character
_NAME = re.compile(r"[a-z][a-z0-9]{0,20}(_[a-z0-9]{1,20}){0,5}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z?)?")
_LONGEST_NUMBER = 3  # a flash call's text is a number of four digits and more
_PLAIN_WORDS = frozenset(  # of error pages and JSON; any other word may be a person's
    """
    a access account address allowed already an and another answer api at auth authentication
    bad banned be been beg blocked body br busy by call center charset client connection content
    credentials day days denied disabled div doctype empty end error errors exceeded expired
    failed failure false flight for forbidden format found from gateway gmt h h1 h2 has head
    hour hr html http https in infinity internal invalid ip is key length limit limited login
    long low maintenance malformed many max maximum message meta method minute missing more must
    nan nginx no not null number of ok on one only openresty or p page parallel parameter
    parameters params password period permission platform please process processed progress rate
    records refused reject rejected request requests retry second seconds server service short
    simultaneous sorry start status temporarily text than the time timeout title to too true
    type unauthorized unavailable unknown url user utf value wait was whitelist within wrong you
    your

    after available before being blocked cannot contact could database did disk does due during
    exist expected failed fatal field give given had have if into it its job like line list
    longer look may month near new non nothing of off old only or order out over parse query
    range read reached reason same script select send should sql since so support supported
    suspended syntax table that them there they this try until up updated use used valid via
    want warning we were when which while who will with without write error_code error_message
    get_names ip_auth_key status_code time_beg time_end

    адрес было быть в внутренняя вход время все вы доступ доступа доступен другой данных для
    за занят запрещен запрещён запрос запроса запросов заблокирован и из или к ключ ключа лимит
    максимум мы на найден не неверен неверная неверный недоступен нет ограничение один
    одновременно от отказано ошибка параметр параметра период периода по повторите подождите
    позже пользователь превышен сервер сервера слишком сервис срок технические работы только уже
    указан формат через эта это
    """.split()  # noqa: SIM905  two hundred words read better as text
)


def mask_text(text: str, known: frozenset[str] = _PLAIN_WORDS) -> str:
    """A text in which only its form can be read: no number, no message text, no name.

    Field names, times, short numbers and the words of common error pages stay; every other string,
    word or long number becomes its kind and length.
    """
    text = _CONTROLS.sub("", text)
    return _TOKENS.sub(lambda token: _mask(token, text, known), text)


def mask_name(name: str) -> str:
    """A field's name, unless it looks like something else: a number or a word of a text."""
    return name if _NAME.fullmatch(name) else f"<name {len(name)}>"


def _mask(token: re.Match[str], text: str, known: frozenset[str]) -> str:
    value = token[0]
    if token.lastgroup == "string":
        return _mask_string(value, is_field=text[token.end() : token.end() + 3].lstrip()[:1] == ":")
    if token.lastgroup == "phone":
        return f"<number {sum(map(str.isdigit, value))}>"
    if token.lastgroup == "number":
        return value if len(value) <= _LONGEST_NUMBER else f"<number {len(value)}>"
    if token.lastgroup == "word":
        return value if value.lower() in known else f"<word {len(value)}>"
    return value if token.lastgroup in ("mark", "time") else "<?>"


def _mask_string(quoted: str, *, is_field: bool) -> str:
    inner = quoted[1:-1] if quoted.endswith('"') and len(quoted) > 1 else quoted[1:]
    if inner == "" or _TIME.fullmatch(inner):
        return quoted
    if is_field and _NAME.fullmatch(inner):
        return quoted
    return f'"<text {len(inner)}>"'
