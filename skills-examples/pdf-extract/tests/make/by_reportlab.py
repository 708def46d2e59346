"""English invoices by ReportLab: a table over two pages with its head repeated, and one drawn word by word in odd order."""

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

STYLE = getSampleStyleSheet()


def platypus(path):
    document = SimpleDocTemplate(str(path), pagesize=A4, invariant=1, title="Invoice INV-2026-0042")
    flow = [
        Paragraph("Brightwater Instruments Ltd", STYLE["Title"]),
        Paragraph("Invoice number: INV-2026-0042", STYLE["Normal"]),
        Paragraph("Invoice date: 14 October 2026", STYLE["Normal"]),
        Paragraph("Date of supply: 12 October 2026", STYLE["Normal"]),
        Paragraph("Due date: 13 November 2026", STYLE["Normal"]),
        Spacer(1, 12),
    ]
    sides = Table([[
        "From:\nBrightwater Instruments Ltd\n7 Canal Street\nManchester M1 3HZ\nUnited Kingdom\nVAT Reg No: GB 123 4567 82",
        "Bill to:\nHollow & Finch Labs Ltd\n22 Orchard Lane\nBristol BS1 5TR\nUnited Kingdom",
    ]], colWidths=[250, 230])
    sides.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP")]))
    rows = [["#", "Description", "Qty", "Unit price", "VAT %", "Amount"]]
    total = 0
    for at in range(1, 41):
        amount = at * 1250
        total += amount
        rows.append([str(at), f"Probe holder, type {at:02d}", str(at), "£12.50", "20%", f"£{amount / 100:,.2f}"])
    table = Table(rows, repeatRows=1, colWidths=[30, 210, 40, 70, 50, 80])
    table.setStyle(TableStyle([
        ("GRID", (0, 0), (-1, -1), 0.25, colors.grey),
        ("ALIGN", (2, 0), (-1, -1), "RIGHT"),
        ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"),
    ]))
    vat = total // 5
    sums = Table([
        ["Subtotal (excl. VAT)", f"£{total / 100:,.2f}"], ["VAT @ 20%", f"£{vat / 100:,.2f}"],
        ["Total due", f"£{(total + vat) / 100:,.2f}"],
    ], colWidths=[120, 80], hAlign="RIGHT")
    sums.setStyle(TableStyle([("ALIGN", (1, 0), (1, -1), "RIGHT")]))
    pay = Paragraph("Payment to IBAN: GB29 NWBK 6016 1331 9268 19, BIC: NWBKGB2L. Please quote the invoice number.", STYLE["Normal"])

    def foot(page, _):
        page.drawCentredString(A4[0] / 2, 30, f"Page {page.getPageNumber()} – Brightwater Instruments Ltd, registered in England 01234567")

    document.build([*flow, sides, Spacer(1, 12), table, Spacer(1, 12), sums, Spacer(1, 12), pay], onFirstPage=foot, onLaterPages=foot)


def scattered(path):
    """Columns in another order (amount first), drawn from the foot up; an embedded subset; a boxed head of labels over values."""
    pdfmetrics.registerFont(TTFont("Sans", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"))
    page = canvas.Canvas(str(path), pagesize=A4, invariant=1)
    page.setFont("Sans", 9)
    drawn = []

    def put(x, y, text, right=False):
        drawn.append((x, y, text, right))

    put(50, 800, "Atelier Fiflow e.K."), put(50, 788, "Offenbachufer 3"), put(50, 776, "60594 Frankfurt am Main")
    put(50, 764, "Telefon 069 000000"), put(50, 752, "USt-IdNr. DE136695976")
    put(50, 690, "Rechnungsempfänger"), put(50, 678, "Grafikhaus Wien GmbH"), put(50, 666, "Stiftgasse 8"), put(50, 654, "1070 Wien")
    put(50, 642, "Österreich"), put(50, 630, "Ihre USt-IdNr.: ATU13585627")
    for x, label, value in ((50, "Rechnungs-Nr.", "2026-0815"), (180, "Datum", "3. November 2026"), (330, "Kunden-Nr.", "4711"), (440, "Fällig am", "17.11.2026")):
        put(x, 590, label), put(x, 577, value)
    for x, label in ((120, "Betrag"), (190, "Preis"), (250, "Menge")):
        put(x, 540, label, True)
    put(280, 540, "Beschreibung")
    rows = [("450,00", "45,00", "10", "Offsetdruck Auflage 10, fünffarbig"), ("1.120,50", "747,00", "1,5", "Affiche, Größe A0"), ("-70,50", "70,50", "-1", "Gutgeschriebener Fehldruck")]
    for at, (amount, price, quantity, text) in enumerate(rows):
        y = 524 - 14 * at
        put(120, y, amount, True), put(190, y, price, True), put(250, y, quantity, True), put(280, y, text)
    put(50, 460, "Summe netto"), put(250, 460, "1.500,00 EUR", True)
    put(50, 446, "0 % USt."), put(250, 446, "0,00 EUR", True)
    put(50, 432, "Rechnungsbetrag"), put(250, 432, "1.500,00 EUR", True)
    put(50, 404, "Steuerschuldnerschaft des Leistungsempfängers / Reverse charge.")
    put(50, 390, "IBAN DE89 3704 0044 0532 0130 00")
    for x, y, text, right in reversed(drawn):
        for at, word in enumerate(text.split(" ")):
            lead = pdfmetrics.stringWidth(" ".join(text.split(" ")[:at]) + (" " if at else ""), "Sans", 9)
            start = x - pdfmetrics.stringWidth(text, "Sans", 9) if right else x
            page.drawString(start + lead, y, word)
    page.save()


def make(folder):
    platypus(folder / "two-pages-en.pdf")
    scattered(folder / "reverse-charge.pdf")
