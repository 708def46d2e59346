"""By fpdf2: a plain page with core fonts, and one with a Factur-X invoice attached; another whose XML says another total."""

import datetime

from fpdf import FPDF

XML = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>F-2026-9</ram:ID><ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format="102">20261101</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct><ram:SellerAssignedID>W-1</ram:SellerAssignedID><ram:Name>Wartung</ram:Name></ram:SpecifiedTradeProduct><ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>125.50</ram:ChargeAmount></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement><ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="HUR">8</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>19.00</ram:RateApplicablePercent></ram:ApplicableTradeTax><ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>1004.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>
<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Turmuhren Adler GmbH</ram:Name><ram:PostalTradeAddress><ram:PostcodeCode>99084</ram:PostcodeCode><ram:LineOne>Glockengasse 1</ram:LineOne><ram:CityName>Erfurt</ram:CityName><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress><ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE136695976</ram:ID></ram:SpecifiedTaxRegistration></ram:SellerTradeParty><ram:BuyerTradeParty><ram:Name>Stadt Musterhausen</ram:Name><ram:PostalTradeAddress><ram:PostcodeCode>12345</ram:PostcodeCode><ram:LineOne>Markt 1</ram:LineOne><ram:CityName>Musterhausen</ram:CityName><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress></ram:BuyerTradeParty></ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeDelivery><ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime><udt:DateTimeString format="102">20261030</udt:DateTimeString></ram:OccurrenceDateTime></ram:ActualDeliverySupplyChainEvent></ram:ApplicableHeaderTradeDelivery>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode><ram:PayeePartyCreditorFinancialAccount><ram:IBANID>DE89370400440532013000</ram:IBANID></ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans><ram:ApplicableTradeTax><ram:CalculatedAmount>190.76</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>1004.00</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>19.00</ram:RateApplicablePercent></ram:ApplicableTradeTax><ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format="102">20261201</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms><ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>1004.00</ram:LineTotalAmount><ram:TaxBasisTotalAmount>1004.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="EUR">190.76</ram:TaxTotalAmount><ram:GrandTotalAmount>1194.76</ram:GrandTotalAmount><ram:DuePayableAmount>1194.76</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""
BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'


def page():
    pdf = FPDF()
    pdf.set_creation_date(datetime.datetime(2026, 11, 1, tzinfo=datetime.timezone.utc))
    pdf.add_page()
    pdf.set_font("Helvetica", size=10)
    return pdf


def put(pdf, x, y, text, width=0, align="L"):
    pdf.set_xy(x, y)
    pdf.cell(width, 5, text, align=align)


def clock(pdf, gross="1.194,76", iban="DE89 3704 0044 0532 0130 00"):
    for at, text in enumerate(("Lieferant: Turmuhren Adler GmbH", "Glockengasse 1", "99084 Erfurt", "UStID DE136695976")):
        put(pdf, 20, 15 + 5 * at, text)
    for at, text in enumerate(("Rechnung an:", "Stadt Musterhausen", "Markt 1", "12345 Musterhausen")):
        put(pdf, 20, 45 + 5 * at, text)
    put(pdf, 130, 15, "Rechnung Nr. F-2026-9"), put(pdf, 130, 20, "Datum: 2026-11-01"), put(pdf, 130, 25, "Lieferdatum: 30.10.26")
    columns = ((20, 15, "Pos"), (35, 80, "Leistung"), (115, 20, "Menge"), (135, 25, "E-Preis"), (160, 25, "Betrag"))
    for (x, width, head), text in zip(columns, ("1", "Wartung", "8 Std", "125,50", "1.004,00")):
        align = "R" if x > 100 else "L"
        put(pdf, x, 80, head, width, align), put(pdf, x, 86, text, width, align)
    for at, (name, value) in enumerate((("Netto EUR", "1.004,00"), ("MwSt 19,00%", "190,76"), ("Brutto EUR", gross))):
        put(pdf, 115, 100 + 5 * at, name), put(pdf, 160, 100 + 5 * at, value, 25, "R")
    put(pdf, 20, 130, f"IBAN: {iban}")
    return pdf


def make(folder):
    clock(page()).output(folder / "plain-de.pdf")
    for name, xml, gross in (("factur-x", XML, "1.194,76"), ("factur-x-differs", XML, "1.914,76"), ("factur-x-bomb", BOMB, "1.194,76")):
        pdf = clock(page(), gross)
        pdf.embed_file(bytes=xml.encode(), basename="factur-x.xml", mime_type="text/xml", modification_date=datetime.datetime(2026, 11, 1, tzinfo=datetime.timezone.utc))
        pdf.output(folder / f"{name}.pdf")
    scan = page()
    scan.rect(20, 20, 60, 40)
    scan.output(folder / "scan.pdf")
    letter = page()
    put(letter, 20, 20, "Dear Ms Finch, thank you for your visit. We look forward to working with you.")
    letter.output(folder / "letter.pdf")
    hidden = clock(page())
    with hidden.local_context(text_mode="INVISIBLE"):
        put(hidden, 115, 120, "Brutto EUR 9.999,99")
    hidden.output(folder / "hidden-text.pdf")
