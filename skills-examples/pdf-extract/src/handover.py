"""The same invoice as the skill `tax-check` takes it, and what is still missing for that."""

from decimal import Decimal
from typing import Literal, TypedDict

import labels
from found import Day, Money

EXEMPT_CATEGORIES = {"AE": "reverse_charge", "K": "intra_community_supply", "G": "export", "E": None}


class DraftParty(TypedDict):
    country: str | None
    vat_number: str | None


class DraftLine(TypedDict):
    quantity: Money | None
    unit_price: Money | None
    net: Money | None
    vat_rate: Money | None


class DraftTotals(TypedDict):
    net: Money | None
    vat: Money | None
    gross: Money | None


class Draft(TypedDict):
    date: Day | None
    supply_date: Day | None
    seller: DraftParty
    buyer: DraftParty
    exemption: Literal["reverse_charge", "intra_community_supply", "export", "small_enterprise", "exempt_supply"] | None
    notes: str
    lines: list[DraftLine]
    totals: DraftTotals


class TaxCheck(TypedDict):
    invoice: Draft
    "The argument of `check_invoice` of the skill `tax-check`."
    missing: list[str]
    "What has to be asked for first, as JSON pointers into `invoice`; empty where it is ready."


def value(figure):
    return figure["value"] if figure else None


def exemption_of(told: str, categories) -> str | None:
    for category in categories:
        if EXEMPT_CATEGORIES.get(category):
            return EXEMPT_CATEGORIES[category]
    return next((name for name, pattern in labels.EXEMPT.items() if pattern.search(told)), None)


def notes_of(told: str) -> str:
    """Returns the words by which the invoice claims that no VAT is due: those that tax-check looks for."""
    claimed = [pattern.search(told) for pattern in labels.EXEMPT.values()]
    return ". ".join(one[0] for one in claimed if one)[:400]


def tax_check(invoice, told: str, categories=()) -> TaxCheck:
    """Returns the draft of a call of tax-check's check_invoice. Nothing in it was made up."""
    net = invoice["amounts"] == "net"
    lines = [
        {
            "quantity": value(one["quantity"]) if net else None,
            "unit_price": value(one["unit_price"]) if net and value(one["quantity"]) else None,
            "net": value(one["amount"]) if net else None,
            "vat_rate": value(one["vat_rate"]),
        }
        for one in invoice["positions"]
    ]
    draft = {
        "date": value(invoice["date"]),
        "supply_date": value(invoice["supply_end"]) or value(invoice["supply_date"]),
        "seller": {"country": invoice["supplier"]["country"], "vat_number": value(invoice["supplier"]["vat_id"])},
        "buyer": {"country": invoice["buyer"]["country"], "vat_number": value(invoice["buyer"]["vat_id"])},
        "exemption": exemption_of(told, categories),
        "notes": notes_of(told),
        "lines": lines,
        "totals": {name: value(invoice["totals"][name]) for name in ("net", "vat", "gross")},
    }
    return {"invoice": draft, "missing": missing(draft)}


def missing(draft):
    found = [f"/{name}" for name in ("date",) if draft[name] is None]
    found += [f"/{side}/country" for side in ("seller", "buyer") if draft[side]["country"] is None]
    if not draft["lines"]:
        found.append("/lines")
    for at, line in enumerate(draft["lines"]):
        found += [f"/lines/{at}/{name}" for name in ("net", "vat_rate") if line[name] is None]
    found += [f"/totals/{name}" for name in ("net", "vat", "gross") if draft["totals"][name] is None]
    zero = any(line["vat_rate"] is not None and Decimal(line["vat_rate"]) == 0 for line in draft["lines"])
    if zero and draft["exemption"] is None:
        found.append("/exemption")
    return found[:100]
