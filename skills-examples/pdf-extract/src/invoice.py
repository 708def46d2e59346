"""Puts an invoice together, from the text or from the attached XML, and says what does not fit."""

import embedded
import handover
import head
import layout
import limits
import party
import sums
import table
import totals
from errors import NO_EMBEDDED_INVOICE, NOT_AN_INVOICE, too_large
from found import Findings
from hotcell import Failure
from values import Style, iban_of


def of_text(text):
    """Reads the invoice that the pages show."""
    findings, lines = Findings(), text.lines
    if sum(len(line.cells) for line in lines) > limits.INVOICE_CELLS:
        raise too_large(f"The pages have more than {limits.INVOICE_CELLS} columns of text, which is no invoice.")
    reading(text, findings)
    style = Style(cell.text for line in lines for cell in line.cells)
    if style.mixed:
        findings.info("number_style_mixed", "", "The document writes amounts both with a decimal comma and a decimal point.")
    kind = head.kind(lines)
    positions, end = table.positions(lines, style, findings)
    told = totals.totals(lines[end:], style, findings)
    sides = sides_of(text, lines, findings)
    begin, last = head.supply(lines, findings)
    invoice = {
        "source": "text", "profile": None, "language": head.language(lines), "kind": kind,
        "number": head.invoice_number(lines, kind, findings),
        "date": head.invoice_date(lines, findings),
        "supply_date": begin, "supply_end": last,
        "due_date": head.due_date(lines, findings),
        **sides,
        "currency": head.currency(lines, findings),
        "amounts": "unknown", "positions": positions, "totals": told,
        "payment": {"iban": head.iban(lines, findings), "bic": head.bic(lines, findings)},
    }
    if not positions and told["gross"] is None and told["net"] is None and invoice["number"] is None:
        raise Failure("NOT_AN_INVOICE", NOT_AN_INVOICE)
    return finished(invoice, findings, " ".join(line.text for line in lines))


def reading(text, findings):
    """Says what of the pages was not read, or not surely."""
    if text.hidden or text.outside:
        message = f"{text.hidden + text.outside} words or signs are in the file but not to be seen. They were left out."
        findings.warning("hidden_text", "", message)
    if text.turned:
        findings.info("turned_text", "", f"{text.turned} signs stand turned on the page. They were left out.")
    if text.unreadable:
        message = f"The fonts do not say what {text.unreadable} signs are. Compare with the page."
        findings.error("unreadable_text", "", message)
    if text.recognized:
        message = "A page is a scan with recognized text: each figure may have been recognized wrongly."
        findings.warning("recognized_text", "", message)


def sides_of(text, lines, findings):
    supplier, buyer = party.parties(text, findings)
    header = party.header_name(text) if supplier is None else None
    ids = {"supplier": [], "buyer": []}
    for side, number, page, raw in party.vat_ids(lines, supplier, buyer):
        ids[side].append((number, page, raw))
    told = {}
    for side, block in (("supplier", supplier), ("buyer", buyer)):
        severity = "warning" if side == "supplier" else None
        vat_id = head.one(ids[side], f"/{side}/vat_id", f"The VAT number of the {side}", findings, severity)
        tax_number = head.tax_number(lines, findings) if side == "supplier" else None
        told[side] = party.told_of(block, header if side == "supplier" else None, vat_id, tax_number)
    if told["supplier"]["name"] is None:
        findings.error("not_found", "/supplier/name", "It is not certain who sends the invoice.")
    return told


def of_xml(data: bytes):
    """Reads the attached invoice. Raises `embedded.Unreadable`."""
    told, findings = embedded.parse(data), Findings()
    invoice = {name: told[name] for name in (
        "profile", "kind", "number", "date", "supply_date", "supply_end", "due_date",
        "supplier", "buyer", "currency", "positions", "totals",
    )}
    invoice.update(source="embedded_xml", language="unknown", amounts="unknown")
    invoice["profile"] = told["profile"][:100] if told["profile"] else None
    invoice["payment"] = {"iban": told["iban"], "bic": told["bic"]}
    for name in ("number", "date"):
        if invoice[name] is None:
            findings.error("not_found", f"/{name}", f"The attached invoice has no {name}.")
    if invoice["supplier"]["name"] is None:
        findings.error("not_found", "/supplier/name", "The attached invoice does not say who sends it.")
    if not invoice["positions"]:
        findings.warning("not_found", "/positions", "The attached invoice has no positions, as in the smallest profiles.")
    if told["iban"] and (read := iban_of(told["iban"]["value"])) and not read[1]:
        findings.error("iban_check_digits", "/payment/iban", "The check digits of the IBAN are wrong. Do not pay to it.")
    for at, one in enumerate(invoice["positions"]):
        table.check({**one, "discount": None}, None, f"/positions/{at}", findings)
    return finished(invoice, findings, told["notes"], told["categories"])


def finished(invoice, findings, told, categories=()):
    sums.missing(invoice["totals"], findings)
    invoice["amounts"] = sums.check(invoice["positions"], invoice["totals"], findings)
    sums.rates_from_totals(invoice["positions"], invoice["totals"], findings)
    invoice["tax_check"] = handover.tax_check(invoice, told, categories)
    invoice["findings"] = findings.all
    return invoice


def compared(invoice, shown):
    """Compares the attached invoice with the page: two invoices in one file are a way to be paid wrongly."""
    findings = Findings()
    findings.all = invoice["findings"]
    pairs = [
        ("/number", invoice["number"], shown["number"]),
        ("/date", invoice["date"], shown["date"]),
        ("/totals/gross", invoice["totals"]["gross"], shown["totals"]["gross"]),
        ("/payment/iban", invoice["payment"]["iban"], shown["payment"]["iban"]),
    ]
    for pointer, ours, theirs in pairs:
        if ours and theirs and plain(ours["value"], pointer) != plain(theirs["value"], pointer):
            message = f"The attached invoice says {ours['value']}, page {theirs['page']} shows {theirs['value']}."
            findings.error("embedded_differs", pointer, message)
    return invoice


def plain(value, pointer):
    return round(float(value), 2) if pointer.startswith("/totals") else value.replace(" ", "")


def extracted(source, data, text):
    """Reads the source that was asked for: `auto` is the XML where there is one, compared with the page."""
    if source == "text" or (data is None and source == "auto"):
        return of_text(layout.must_read(text))
    if data is None:
        raise Failure("NO_EMBEDDED_INVOICE", NO_EMBEDDED_INVOICE)
    try:
        invoice = of_xml(data)
    except embedded.Unreadable as why:
        if source == "embedded":
            raise Failure("NO_EMBEDDED_INVOICE", f"The attached XML cannot be read: {why}.") from None
        invoice, findings = of_text(layout.must_read(text)), Findings()
        findings.error("embedded_unreadable", "", f"An XML invoice is attached and cannot be read: {why}. The text was read.")
        invoice["findings"] = findings.all + invoice["findings"]
        return invoice
    if source == "auto":
        try:
            return compared(invoice, of_text(layout.must_read(text)))
        except Failure as failure:
            if failure.code not in ("NO_TEXT", "NOT_AN_INVOICE"):
                raise
    return invoice
