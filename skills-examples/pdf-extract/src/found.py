"""Figures with where they were found, and findings: what is wrong, missing or not certain."""

from typing import Annotated, Literal, TypedDict

import limits

Money = Annotated[str, {"pattern": "^-?[0-9]{1,12}(\\.[0-9]{1,6})?$"}]
Day = Annotated[str, {"pattern": "^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$"}]


# `page` is the page from 1, null where a figure comes from the attached XML; `raw` is what is written there.
class FoundText(TypedDict):
    value: str
    page: int | None
    raw: str


class FoundDay(TypedDict):
    value: Day
    page: int | None
    raw: str


class FoundAmount(TypedDict):
    value: Money
    page: int | None
    raw: str


class Finding(TypedDict):
    code: Literal[
        "not_found",
        "ambiguous",
        "not_certain",
        "row_unread",
        "line_amount",
        "sum_net",
        "sum_vat",
        "sum_gross",
        "iban_check_digits",
        "vat_rate_from_totals",
        "number_style_mixed",
        "hidden_text",
        "turned_text",
        "unreadable_text",
        "recognized_text",
        "embedded_unreadable",
        "embedded_differs",
        "more_findings",
    ]
    "What is wrong, as a stable code."
    severity: Literal["info", "warning", "error"]
    "error: do not book before a person has looked. warning: a person should look. info: good to know."
    pointer: str
    "JSON pointer into the answer."
    message: str
    "What was found and what was expected."


class Findings:
    """Collects findings, up to a bound that is said."""

    def __init__(self):
        self.all: list[Finding] = []

    def add(self, severity, code, pointer, message):
        if len(self.all) == limits.FINDINGS:
            self.all[-1] = {
                "code": "more_findings", "severity": "error", "pointer": "",
                "message": "There are more findings than an answer holds.",
            }
        if len(self.all) < limits.FINDINGS:
            one = {"code": code, "severity": severity, "pointer": pointer, "message": message[: limits.TEXT]}
            if one not in self.all:
                self.all.append(one)

    def error(self, code, pointer, message):
        self.add("error", code, pointer, message)

    def warning(self, code, pointer, message):
        self.add("warning", code, pointer, message)

    def info(self, code, pointer, message):
        self.add("info", code, pointer, message)


def found(value, page, raw):
    """Returns a figure with its place."""
    return {"value": str(value)[: limits.TEXT], "page": page, "raw": " ".join(str(raw).split())[: limits.TEXT]}
