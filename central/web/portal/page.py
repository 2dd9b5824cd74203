"""A page's HTML: all that is told is escaped, the style is named by its hash, and no script may run."""

import base64
import hashlib
from dataclasses import dataclass
from html import escape
from typing import Final

import segno

from central.web.portal import words
from loyalty.limits.cards import PHONE_CODE_S
from loyalty.limits.texts import NAME_CHARS_MAX
from loyalty.money import format_minor, scale_of
from wire.api import ProfileView

_STYLE: Final = """
:root{color-scheme:light}
*{box-sizing:border-box;margin:0}
body{font:1.05rem/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK SC",sans-serif;
background:%(tint)s;color:#16211c;min-height:100vh;display:flex;flex-direction:column;align-items:center}
header{background:%(brand)s;color:#fff;width:100%%;padding:.9rem 1rem;text-align:center;font-weight:600}
main{width:100%%;max-width:26rem;padding:1rem;display:flex;flex-direction:column;gap:.9rem;flex:1}
section{background:#fff;border-radius:1rem;padding:1.1rem;text-align:center}
h1{font-size:1.25rem;font-weight:600;text-wrap:balance}
.qr svg{display:block;width:100%%;max-width:19rem;height:auto;margin:.4rem auto 0;background:#fff}
.bar{height:.4rem;border-radius:.2rem;background:%(tint)s;overflow:hidden;margin:.2rem auto .9rem;
max-width:17rem}
.bar i{display:block;height:100%%;background:%(brand)s;width:%(width)s%%;
animation:run %(left)ss linear forwards}
@keyframes run{to{width:0}}
.small{color:#46564e;font-size:.95rem;text-align:center}
.points{font-size:2.1rem;font-weight:700;line-height:1.2}
ul{list-style:none;padding:0;text-align:left}
li{display:flex;justify-content:space-between;gap:1rem;padding:.35rem 0;border-top:1px solid #e3e8e5}
header img{display:block;margin:0 auto .5rem;max-width:70%%;max-height:4rem;background:#fff;
padding:.5rem .7rem;border-radius:.6rem}
nav{padding:.4rem 1rem 1.4rem;display:flex;flex-wrap:wrap;justify-content:center}
nav a{color:#16211c;padding:.6rem .7rem}
nav a[aria-current]{font-weight:700;text-decoration:none}
form{text-align:left;display:flex;flex-direction:column;gap:1rem}
label{display:block;font-weight:600}
label input:not([type=checkbox]){display:block;width:100%%;font:inherit;padding:.7rem .8rem;margin-top:.3rem;
border:2px solid #66766e;border-radius:.6rem;background:#fff;color:#16211c}
label.tick{display:flex;gap:.8rem;align-items:flex-start;font-weight:400}
label.tick input{width:1.6rem;height:1.6rem;flex:none;margin:0}
input:focus-visible,button:focus-visible{outline:3px solid #16211c;outline-offset:2px}
.hint{display:block;font-weight:400;color:#46564e;font-size:.95rem}
.wrong{display:block;margin-top:.4rem;font-weight:400;background:#fdecea;
border:2px solid #a3271b;border-radius:.6rem;padding:.7rem .8rem;color:#6e160e}
button{font:inherit;font-weight:700;padding:.9rem;border:0;border-radius:.8rem;background:%(brand)s;color:#fff}
"""
_TICKETS_SHOWN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The group's face, in the page's language."""

    language: str
    languages: tuple[str, ...] = ()
    name: str = ""
    brand: str = "#0B6B4F"
    tint: str = "#E4F2EC"
    currency: str = ""
    logo: bytes = b""
    """A PNG; it stands in the page itself: no other address is asked."""


@dataclass(frozen=True, slots=True)
class Page:
    """HTML, and the policy that lets its style apply and nothing else."""

    html: str
    policy: str


def card_page(look: Look, *, code: str, left_ms: int, number_end: str, profile: ProfileView | None) -> Page:
    """The card in the phone: its code of now, what is on it, and the next code by itself."""
    language = look.language
    left_s = max(1, -(-left_ms // 1000))
    parts = [
        "<section class=qr>",
        f"<h1>{escape(words.say('show', language))}</h1>",
        _qr(code),
        "<div class=bar><i></i></div>",
        f"<p class=small>{escape(words.say('once', language))}</p>",
        "</section>",
        _standing(look, profile),
        f"<p class=small>{escape(words.say('card', language, end=number_end))}</p>",
    ]
    return _page(look, "".join(parts), left_s=left_s)


def tap_page(look: Look, *, number_end: str, profile: ProfileView) -> Page:
    """What a card says to the telephone it is held to."""
    tickets = "".join(
        f"<li><span>{escape(ticket.shop_name)}</span><span>{words.number(ticket.points, look.language)}"
        f" {escape(words.say('points', look.language))}</span></li>"
        for ticket in profile.tickets[:_TICKETS_SHOWN]
    )
    listed = f"<section><h1>{escape(words.say('tickets', look.language))}</h1><ul>{tickets}</ul></section>"
    said = escape(words.say("card", look.language, end=number_end))
    return _page(look, _standing(look, profile) + (listed if tickets else "") + f"<p class=small>{said}</p>")


def told_page(look: Look, sentence: str, *, title: str = "title") -> Page:
    """One sentence: what is wrong, and what to do; or that it is done."""
    said = f"<section><p>{escape(words.say(sentence, look.language))}</p></section>"
    return _page(look, said, title=title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What stands in the form: nothing yet, or what was sent with what is wrong with it."""

    email: str
    family_name: str = ""
    given_name: str = ""
    birth_date: str = ""
    may_mail: bool = False
    wrong: str = ""
    """The field that is to be corrected."""


def form_page(look: Look, filled: Filled) -> Page:
    """The data of somebody who gave an address alone; what is kept, and why, stands beside each field."""

    def say(name: str) -> str:
        return escape(words.say(name, look.language))

    def field(name: str, kind: str, complete: str, value: str, extra: str = "") -> str:
        wrong = f' aria-invalid="true" aria-errormessage="{name}-wrong"' if filled.wrong == name else ""
        told = (
            f'<span class=wrong role=alert id="{name}-wrong">{say(f"join_{name}_wrong")}</span>'
            if filled.wrong == name
            else ""
        )
        return (
            f"<label>{say(f'join_{name}')}<span class=hint>{say(f'join_{name}_why')}</span>"
            f'<input name="{name}" type="{kind}" autocomplete="{complete}" value="{escape(value)}"'
            f"{extra}{wrong}>{told}</label>"
        )

    email = escape(words.say("join_address", look.language, email=filled.email))
    ticked = " checked" if filled.may_mail else ""
    parts = (
        f"<section><h1>{say('join_head')}</h1><p class=small>{email}</p></section>",
        f'<section><form method=post action="?lang={look.language}">',
        field(
            "family_name", "text", "family-name", filled.family_name, f" required maxlength={NAME_CHARS_MAX}"
        ),
        field("given_name", "text", "given-name", filled.given_name, f" maxlength={NAME_CHARS_MAX}"),
        field("birth_date", "date", "bday", filled.birth_date),
        f"<label class=tick><input type=checkbox name=may_mail value=yes{ticked}>"
        f"<span>{say('join_may_mail')}</span></label>",
        f"<p class=hint>{say('join_kept')}</p>",
        f"<button>{say('join_send')}</button></form></section>",
    )
    return _page(look, "".join(parts), title="join_title", has_form=True)


def _qr(code: str) -> str:
    """Black on white, whatever the group's colours: scanners read contrast."""
    made = segno.make_qr(code, error="m", boost_error=False)
    return str(made.svg_inline(scale=8, border=4, dark="#000", light="#fff", omitsize=True))


def _standing(look: Look, profile: ProfileView | None) -> str:
    if profile is None:
        return ""
    language = look.language
    lines = [f"<p>{escape(profile.display_name)}</p>"]
    if profile.points is not None:
        shown = words.number(profile.points, language)
        lines.append(f"<p class=points>{shown} {escape(words.say('points', language))}</p>")
        if profile.worth_minor:
            worth = f"{look.currency} {format_minor(profile.worth_minor, scale_of(look.currency))}"
            lines.append(f"<p class=small>{escape(words.say('worth', language, worth=worth))}</p>")
    elif profile.points_from is not None and profile.points_to is not None:
        low, high = words.number(profile.points_from, language), words.number(profile.points_to, language)
        lines.append(f"<p>{escape(words.say('range', language, low=low, high=high))}</p>")
    if profile.expiring is not None:
        points = words.number(profile.expiring.points, language)
        last = words.day(profile.expiring.last_day, language)
        said = words.say("expiring", language, points=points, day=last)
        lines.append(f"<p class=small>{escape(said)}</p>")
    return f"<section>{''.join(lines)}</section>"


def _logo(look: Look) -> str:
    """The name stands beside it: nobody needs to hear it twice."""
    if not look.logo:
        return ""
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(look.logo).decode()}">'


def _page(look: Look, main: str, *, left_s: int = 0, title: str = "title", has_form: bool = False) -> Page:
    style = _STYLE % {
        "brand": look.brand,
        "tint": look.tint,
        "left": left_s,
        "width": min(100, left_s * 100 // PHONE_CODE_S),
    }
    named = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    again = f'<meta http-equiv="refresh" content="{left_s}">' if left_s else ""
    links = "".join(
        f'<a href="?lang={each}" lang="{words.code_of(each)}"'
        f"{' aria-current=true' if each == look.language else ''}>{words.NAMES[each]}</a>"
        for each in look.languages
        if each in words.NAMES
    )
    title = escape(words.say(title, look.language))
    html = (
        f'<!doctype html><html lang="{words.code_of(look.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><meta name="theme-color" content="{escape(look.brand)}">'
        f"{again}<title>{title}</title><style>{style}</style></head>"
        f"<body><header>{_logo(look)}{escape(look.name) or title}</header><main>{main}</main>"
        f"{f'<nav>{links}</nav>' if links else ''}</body></html>"
    )
    images = "img-src data:; " if look.logo else ""
    forms = "'self'" if has_form else "'none'"
    policy = (
        f"default-src 'none'; style-src 'sha256-{named}'; {images}base-uri 'none';"
        f" form-action {forms}; frame-ancestors 'none'"
    )
    return Page(html, policy)
