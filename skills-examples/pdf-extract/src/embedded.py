"""The invoice in the PDF's attached XML: ZUGFeRD 2, Factur-X and XRechnung in the CII syntax (EN 16931)."""

import re
from decimal import Decimal

import limits
import values
import xml_tree
from found import found
from glyphs import readable

NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
AMOUNT = re.compile(r"^-?\d{1,12}(?:\.\d{1,6})?$")
CREDIT_CODES = ("381", "83", "396", "532")
AGREEMENT = "ApplicableHeaderTradeAgreement"
SETTLEMENT = "ApplicableHeaderTradeSettlement"
SUMS = f"{SETTLEMENT}/SpecifiedTradeSettlementHeaderMonetarySummation"


class Unreadable(Exception):
    pass


def attached(reader):
    """Yields the attachments as (name, stream), at most as many as are looked at."""
    for at, one in enumerate(reader.attachment_list):
        if at >= limits.ATTACHMENTS:
            return
        yield readable(str(one.name))[:200], one


def invoice_xml(reader) -> bytes | None:
    """Returns the attached XML invoice, unpacked under the bounds of the document."""
    for name, one in attached(reader):
        if name.lower() in NAMES:
            return one.content
    return None


def parse(data: bytes):
    """Returns an invoice as far as the text's tools have it. Raises `Unreadable`."""
    try:
        root = xml_tree.parse(data)
    except xml_tree.XmlRefused as refused:
        raise Unreadable(str(refused)) from None
    trade = root.one("SupplyChainTradeTransaction")
    if root.name != "CrossIndustryInvoice" or trade is None:
        raise Unreadable("it is no cross-industry invoice")
    document = root.one("ExchangedDocument")
    return {
        "profile": root.value("ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter/ID"),
        "kind": "credit_note" if document and document.value("TypeCode") in CREDIT_CODES else "invoice",
        "number": text(document, "ID") if document else None,
        "date": day(document, "IssueDateTime/DateTimeString") if document else None,
        "supply_date": day(trade, "ApplicableHeaderTradeDelivery/ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString")
        or day(trade, f"{SETTLEMENT}/BillingSpecifiedPeriod/StartDateTime/DateTimeString"),
        "supply_end": day(trade, f"{SETTLEMENT}/BillingSpecifiedPeriod/EndDateTime/DateTimeString"),
        "due_date": day(trade, f"{SETTLEMENT}/SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString"),
        "supplier": party(trade.one(f"{AGREEMENT}/SellerTradeParty")),
        "buyer": party(trade.one(f"{AGREEMENT}/BuyerTradeParty")),
        "currency": text(trade, f"{SETTLEMENT}/InvoiceCurrencyCode"),
        "positions": [position(line) for line in trade.all("IncludedSupplyChainTradeLineItem")[: limits.POSITIONS]],
        "totals": totals(trade),
        "iban": text(trade, f"{SETTLEMENT}/SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID"),
        "bic": text(trade, f"{SETTLEMENT}/SpecifiedTradeSettlementPaymentMeans/PayeeSpecifiedCreditorFinancialInstitution/BICID"),
        "notes": " ".join(one.value("Content") or "" for one in (document.all("IncludedNote") if document else [])),
        "categories": [one.value("CategoryCode") for one in trade.all(f"{SETTLEMENT}/ApplicableTradeTax")],
    }


def text(node, path):
    value = node.value(path) if node is not None else None
    value = readable(value).strip() if value else None
    return found(value, None, value) if value else None


def amount(node, path):
    value = node.value(path) if node is not None else None
    if value is None or not AMOUNT.match(value):
        return None
    return found(values.written(Decimal(value)), None, value)


def day(node, path):
    value = node.value(path) if node is not None else None
    told = re.match(r"^(\d{4})(\d{2})(\d{2})$", value or "")
    read = [one for _, _, one in values.days("-".join(told.groups()))] if told else []
    return found(read[0], None, value) if read and read[0] else None


def party(node):
    empty = {"name": None, "address": [], "country": None, "vat_id": None, "tax_number": None}
    if node is None:
        return empty
    place = node.one("PostalTradeAddress")
    address = []
    if place is not None:
        lines = [place.value(f"Line{one}") for one in ("One", "Two", "Three")]
        town = " ".join(filter(None, [place.value("PostcodeCode"), place.value("CityName")]))
        address = [readable(line)[:200] for line in [*lines, town] if line]
        country = place.value("CountryID") or ""
        empty["country"] = country if re.match(r"^[A-Z]{2}$", country) else None
    numbers = {}
    for one in node.all("SpecifiedTaxRegistration/ID"):
        value = readable(one.text).strip()
        numbers.setdefault(one.attributes.get("schemeID"), found(value, None, value) if value else None)
    return {**empty, "name": text(node, "Name"), "address": address, "vat_id": numbers.get("VA"), "tax_number": numbers.get("FC")}


def position(line):
    settlement = line.one("SpecifiedLineTradeSettlement")
    quantity = line.one("SpecifiedLineTradeDelivery/BilledQuantity")
    rate = settlement.value("ApplicableTradeTax/RateApplicablePercent") if settlement is not None else None
    if rate is None and settlement is not None and settlement.value("ApplicableTradeTax/CategoryCode"):
        rate = "0"
    price = line.one("SpecifiedLineTradeAgreement/NetPriceProductTradePrice")
    per = amount(price, "BasisQuantity")
    parts = [line.value("SpecifiedTradeProduct/Name"), line.value("SpecifiedTradeProduct/Description")]
    return {
        "position": readable(line.value("AssociatedDocumentLineDocument/LineID") or "")[:20] or None,
        "article": readable(line.value("SpecifiedTradeProduct/SellerAssignedID") or "")[:100] or None,
        "description": readable(" ".join(part for part in parts if part))[: limits.DESCRIPTION],
        "quantity": amount(line, "SpecifiedLineTradeDelivery/BilledQuantity"),
        "unit": readable(quantity.attributes.get("unitCode", ""))[:20] or None if quantity is not None else None,
        "unit_price": amount(price, "ChargeAmount") if per is None or Decimal(per["value"]) == 1 else None,
        "vat_rate": found(values.rate(rate), None, rate) if rate and re.match(r"^\d{1,2}(?:\.\d{1,6})?$", rate) else None,
        "amount": amount(settlement, "SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"),
        "gross_amount": None,
        "page": None,
    }


def totals(trade):
    by_rate = []
    for tax in trade.all(f"{SETTLEMENT}/ApplicableTradeTax")[:20]:
        rate = tax.value("RateApplicablePercent") or "0"
        if re.match(r"^\d{1,2}(?:\.\d{1,6})?$", rate):
            by_rate.append({"rate": values.rate(rate), "net": amount(tax, "BasisAmount"), "vat": amount(tax, "CalculatedAmount")})
    by_rate.sort(key=lambda one: -Decimal(one["rate"]))
    return {
        "net": amount(trade, f"{SUMS}/TaxBasisTotalAmount"),
        "by_rate": by_rate,
        "vat": amount(trade, f"{SUMS}/TaxTotalAmount"),
        "gross": amount(trade, f"{SUMS}/GrandTotalAmount"),
        "payable": amount(trade, f"{SUMS}/DuePayableAmount"),
    }
