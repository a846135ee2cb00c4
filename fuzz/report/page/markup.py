# SPDX-License-Identifier: Apache-2.0
"""Pieces of HTML. Whatever is shown goes through text() or a function that does so; Html is what has."""
import html
import re


class Html(str):
    """Text that is HTML already."""


def text(value):
    return value if isinstance(value, Html) else Html(html.escape("" if value is None else str(value)))


def join(parts, between=""):
    return Html(between.join(text(part) for part in parts))


def tag(name, *content, **attributes):
    words = "".join(f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"' for key, value in attributes.items()
                    if value is not None and value is not False)
    return Html(f"<{name}{words}>{join(content)}</{name}>")


def number(value):
    """With thin groups of three; "-" for what is not known."""
    if value is None:
        return "-"
    return f"{value:,}".replace(",", "\u202f") if isinstance(value, int) else f"{value:,.1f}".replace(",", "\u202f")


def plural(count, word):
    return f"{number(count)} {word}{'' if count == 1 else 's'}"


def anchor(prefix, name):
    return f"{prefix}-" + re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")


def label(kind, *words, href=None):
    """A word on a ground that says the same; with `href` a link."""
    return tag("a" if href else "span", *words, class_=f"tag {kind}", href=href)


def table(heads, rows):
    """Heads that end with "#" are of numbers. It scrolls in a box of its own."""
    numeric = [head.endswith("#") for head in heads]
    head = tag("tr", *(tag("th", h.rstrip("#"), class_="n" if n else None, scope="col") for h, n in zip(heads, numeric)))
    body = (tag("tr", *(tag("td", cell, class_="n" if n else None) for cell, n in zip(row, numeric))) for row in rows)
    return tag("div", tag("table", tag("thead", head), tag("tbody", *body)), class_="box", tabindex=0)


def details(summary, *content, **attributes):
    return tag("details", tag("summary", summary), *content, **attributes)


def pairs(rows):
    """A list of names and what they are; those that are not known are left out."""
    return tag("dl", *(join([tag("dt", name), tag("dd", value)]) for name, value in rows if value not in (None, "")))


def bar(part, of):
    share = 100 * part / of if of else 0
    return tag("span", tag("i", "", style=f"width:{share:.1f}%"), class_="bar", role="img", aria_label=f"{share:.0f} %")


def missing(what, table_of):
    """What stands where an input is not there."""
    why = f"{table_of.path} {table_of.problem}" if table_of.problem else f"There is no {what}."
    return tag("p", why, " ", tag("code", table_of.command), " makes it.", class_="missing")


def made(content):
    words = ["of ", content.get("date", "an unknown date")]
    if content.get("commit"):
        words.append(f", commit {content['commit']}")
    if content.get("flavour"):
        words.append(f", {content['flavour']}")
    return tag("p", *words, class_="quiet")
