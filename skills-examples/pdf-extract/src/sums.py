"""Whether the figures agree: positions with sums, sums with each other."""

from decimal import Decimal

import values

CENT = Decimal("0.01")


def value(figure):
    return Decimal(figure["value"]) if figure else None


def missing(totals, findings):
    if totals["gross"] is None:
        findings.error("not_found", "/totals/gross", "No gross total was found.")
    if totals["net"] is None:
        findings.warning("not_found", "/totals/net", "No net total was found.")
    if totals["vat"] is None:
        findings.warning("not_found", "/totals/vat", "No VAT was found.")


def check(positions, totals, findings) -> str:
    """Adds a finding for each sum that is not right. Returns what the positions' amounts are: net, gross or unknown."""
    net, vat, gross = value(totals["net"]), value(totals["vat"]), value(totals["gross"])
    if None not in (net, vat, gross) and net + vat != gross:
        message = f"Net {net} and VAT {vat} come to {net + vat}, the invoice says {gross}."
        findings.error("sum_gross", "/totals/gross", message)
    parts = [value(one["vat"]) for one in totals["by_rate"]]
    if vat is not None and parts and None not in parts and sum(parts) != vat:
        findings.error("sum_vat", "/totals/vat", f"The VAT of the rates comes to {sum(parts)}, the invoice says {vat}.")
    for at, one in enumerate(totals["by_rate"]):
        check_rate(one, at, len(positions), findings)
    return check_positions(positions, totals, net, gross, findings)


def check_rate(one, at, count, findings):
    base, stated = value(one["net"]), value(one["vat"])
    if base is None or stated is None:
        return
    right = base * Decimal(one["rate"]) / 100
    # An invoice may round the VAT of each line: half a cent for each.
    if abs(right - stated) > CENT / 2 * max(1, count):
        message = f"{one['rate']} % of {base} is {values.cents(right)}, the invoice says {stated}."
        findings.error("sum_vat", f"/totals/by_rate/{at}/vat", message)


def check_positions(positions, totals, net, gross, findings) -> str:
    if not positions:
        return "unknown"
    amounts = [value(one["amount"]) for one in positions]
    if None in amounts:
        at = amounts.index(None)
        if any(one is not None for one in amounts) or positions[at]["gross_amount"] is None:
            findings.error("not_found", f"/positions/{at}/amount", "The position has no amount that can be read.")
        return "unknown"
    total = sum(amounts)
    if net is not None and total == net:
        return "net"
    if gross is not None and total == gross:
        return "gross"
    if net is None and gross is None:
        return "unknown"
    stated = f"net {totals['net']['value']}" if net is not None else f"gross {totals['gross']['value']}"
    findings.error("sum_net", "/totals/net", f"The positions come to {total}, the invoice says {stated}.")
    return "unknown"


def rates_from_totals(positions, totals, findings):
    """Where the sums name one VAT rate only, it is that of every position. Says so."""
    rates = [one["rate"] for one in totals["by_rate"]]
    without = [one for one in positions if one["vat_rate"] is None]
    if len(rates) != 1 or not without or any(one["vat_rate"] for one in positions):
        return
    stated = totals["by_rate"][0]
    figure = stated["vat"] or stated["net"]
    for one in without:
        one["vat_rate"] = {"value": rates[0], "page": figure["page"] if figure else None, "raw": figure["raw"] if figure else ""}
    findings.info("vat_rate_from_totals", "/positions", f"The positions name no VAT rate; the only one of the sums is {rates[0]} %.")
