"""Regular expressions of RE2, in which contracts are written, to those of Python.

What both read alike stays; what Python spells differently is translated; what it cannot say is refused. So a
pattern never means something else in Python than in the other languages that the contract is compiled to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PERL = {
    "d": "0-9",
    "w": "0-9A-Za-z_",
    "s": r"\t\n\f\r ",
    "D": r"\x00-/:-\U0010ffff",
    "W": r"\x00-/:-@\[-\^`{-\U0010ffff",
    "S": r"\x00-\x08\x0b\x0e-\x1f!-\U0010ffff",
}
_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_ANCHORS = {"A": r"\A", "z": r"\Z", "b": r"(?a:\b)"}
_PLAIN = {"$": r"\Z", **{sign: sign for sign in "^|.)"}}
_CONTROLS = {letter: f"\\{letter}" for letter in "aftnrv"}
_REPEAT = re.compile(r"\{(\d{1,4})(?:,(\d{0,4}))?\}")
_HEX = re.compile(r"x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})")
_GROUP = re.compile(r"\(\?(?:P?<(\w+)>|([is]*(?:-[is]+)?):)", re.ASCII)
_FLAGS = re.compile(r"\(\?([is]+)\)")
_MOST_REPEATS = 1000
_LAST_CHARACTER = 0x10FFFF


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern in Python's words; ``portable`` where the original is what JSON Schema reads alike."""

    python: str
    portable: bool


def translated(pattern: str) -> Pattern:
    """Return the Python pattern that finds what RE2 finds; raises ValueError for what Python cannot say."""
    reader = _Reader(pattern)
    result = reader.read()
    try:
        re.compile(result)
    except (re.error, OverflowError) as error:
        raise ValueError(f"is no regular expression: {error}") from None
    return Pattern(result, reader.portable)


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self.portable = True

    def read(self) -> str:
        out = ""
        if flags := _FLAGS.match(self._text):
            self._at, self.portable, out = flags.end(), False, flags[0]
        while self._at < len(self._text):
            out += self._piece()
        return out

    def _piece(self) -> str:
        sign = self._text[self._at]
        if sign == "\\":
            return self._escape(inside_class=False)
        if sign == "[":
            return self._class()
        if sign == "(":
            return self._group()
        if sign == "{":
            return self._counted()
        self._at += 1
        if sign in "*+?":
            return sign + self._after_repeat()
        # Python's own $ would also match before a line end that is the last character.
        return _PLAIN.get(sign) or re.escape(sign)

    def _counted(self) -> str:
        match = _REPEAT.match(self._text, self._at)
        if match is None:
            self._at += 1
            self.portable = False
            return r"\{"
        self._at = match.end()
        if max(int(count or 0) for count in match.groups()) > _MOST_REPEATS:
            raise ValueError(f"repeats more than {_MOST_REPEATS} times")
        return match[0] + self._after_repeat()

    def _after_repeat(self) -> str:
        lazy = "?" if self._text.startswith("?", self._at) else ""
        self._at += len(lazy)
        if self._text[self._at : self._at + 1] in {"*", "+", "?"} or _REPEAT.match(self._text, self._at):
            raise ValueError("repeats a repetition, which RE2 does not read")
        return lazy

    def _group(self) -> str:
        if not self._text.startswith("(?", self._at):
            self._at += 1
            return "("
        match = _GROUP.match(self._text, self._at)
        if match is None:
            raise ValueError(
                f"has {self._text[self._at : self._at + 4]!r}, which RE2 or Python does not read"
            )
        self._at = match.end()
        self.portable &= match[0] == "(?:"
        return f"(?P<{match[1]}>" if match[1] else match[0]

    def _escape(self, *, inside_class: bool) -> str:
        letter = self._text[self._at + 1 : self._at + 2]
        if hexadecimal := _HEX.match(self._text, self._at + 1):
            self._at = hexadecimal.end()
            self.portable &= hexadecimal[1] is not None
            return self._character(int(hexadecimal[1] or hexadecimal[2], 16))
        self._at += 2
        if letter in _PERL:
            return _PERL[letter] if inside_class else f"[{_PERL[letter]}]"
        if letter in _CONTROLS:
            self.portable &= letter != "a"
            return _CONTROLS[letter]
        if letter in _ANCHORS and not inside_class:
            self.portable &= letter == "b"
            return _ANCHORS[letter]
        if letter and letter.isascii() and not letter.isalnum():
            return re.escape(letter)
        raise ValueError(f"has \\{letter}, which RE2 or Python does not read")

    def _character(self, number: int) -> str:
        if number > _LAST_CHARACTER:
            raise ValueError(f"has \\x{{{number:x}}}, which is no character")
        return f"\\U{number:08x}"

    def _class(self) -> str:
        self._at += 1
        out = "["
        if self._text.startswith("^", self._at):
            self._at += 1
            out += "^"
        first = True
        while first or not self._text.startswith("]", self._at):
            if self._at >= len(self._text):
                raise ValueError("has a [ without its ]")
            out += self._in_class(first=first)
            first = False
        self._at += 1
        return out + "]"

    def _in_class(self, *, first: bool) -> str:
        sign = self._text[self._at]
        if sign == "\\":
            return self._escape(inside_class=True)
        if self._text.startswith("[:", self._at):
            name, end, _ = self._text[self._at + 2 :].partition(":]")
            if not end or name not in _POSIX:
                raise ValueError(f"has the class [:{name[:12]}:], which only RE2 reads")
            self._at += len(name) + 4
            self.portable = False
            return _POSIX[name]
        self._at += 1
        last = self._text.startswith("]", self._at)
        if sign == "-" and not first and not last:
            return "-"
        self.portable &= sign not in "[]"
        return sign if sign.isalnum() else re.escape(sign)
