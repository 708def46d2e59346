"""A German letter by DIN 5008, as LibreOffice Writer prints it: sender line, address window, table, totals in a table."""

import os
import subprocess
import tempfile
from pathlib import Path

ROWS = [
    ("1", "Beratung Einführung Warenwirtschaft", "12,5", "Std.", "96,00", "1.200,00"),
    ("2", "Lizenz „Lager“ für 3 Arbeitsplätze, Laufzeit 12 Monate ab 01.10.2026", "3", "Stk.", "249,90", "749,70"),
    ("3", "Anfahrt", "84", "km", "0,42", "35,28"),
]

STYLES = """
<office:automatic-styles>
 <style:style style:name="S" style:family="paragraph"><style:text-properties fo:font-size="7pt"/></style:style>
 <style:style style:name="R" style:family="paragraph"><style:paragraph-properties fo:text-align="end"/></style:style>
 <style:style style:name="B" style:family="paragraph"><style:paragraph-properties fo:margin-top="0.5cm" fo:margin-bottom="0.3cm"/><style:text-properties fo:font-weight="bold" fo:font-size="14pt"/></style:style>
 <style:style style:name="G" style:family="paragraph"><style:paragraph-properties fo:margin-top="0.4cm"/></style:style>
 <style:style style:name="cell" style:family="table-cell"><style:table-cell-properties fo:padding="0.1cm" fo:border-bottom="0.5pt solid #cccccc"/></style:style>
 <style:style style:name="c1" style:family="table-column"><style:table-column-properties style:column-width="1.2cm"/></style:style>
 <style:style style:name="c2" style:family="table-column"><style:table-column-properties style:column-width="6.2cm"/></style:style>
 <style:style style:name="c3" style:family="table-column"><style:table-column-properties style:column-width="1.9cm"/></style:style>
 <style:style style:name="c5" style:family="table-column"><style:table-column-properties style:column-width="2.7cm"/></style:style>
 <style:page-layout style:name="pm"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin-top="2.5cm" fo:margin-left="2.5cm" fo:margin-right="2cm" fo:margin-bottom="1.5cm"/></style:page-layout>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pm"><style:footer>
 <text:p text:style-name="S">Nordwerk Software GmbH · Amtsgericht Hamburg HRB 99999 · Geschäftsführerin: Ada Beispiel</text:p>
 <text:p text:style-name="S">USt-IdNr.: DE136695976 · Steuernummer 27/123/45678 · IBAN: DE89 3704 0044 0532 0130 00 · BIC: COBADEFFXXX</text:p>
</style:footer></style:master-page></office:master-styles>
"""


def paragraph(text, style=None):
    return f'<text:p{f" text:style-name={chr(34)}{style}{chr(34)}" if style else ""}>{text}</text:p>'


def table(widths, rows):
    columns = "".join(f'<table:table-column table:style-name="{width}"/>' for width in widths)
    body = ""
    for row in rows:
        cells = "".join(f'<table:table-cell table:style-name="cell" office:value-type="string">{cell}</table:table-cell>' for cell in row)
        body += f"<table:table-row>{cells}</table:table-row>"
    return f"<table:table>{columns}{body}</table:table>"


def letter(number, gross):
    head = [paragraph(one, "R" if at in (2, 4, 5) else None) for at, one in enumerate(
        ("Pos.", "Bezeichnung", "Menge", "Einheit", "Einzelpreis", "Gesamt"))]
    rows = [head] + [
        [paragraph(one, "R" if at in (2, 4, 5) else None) for at, one in enumerate(row)] for row in ROWS
    ]
    sums = [("Nettobetrag", "1.984,98 €"), ("zzgl. 19 % USt.", "377,15 €"), ("Gesamtbetrag", f"{gross} €")]
    return "".join([
        paragraph("Nordwerk Software GmbH · Hafenstraße 12 · 20457 Hamburg", "S"),
        paragraph("Müller &amp; Söhne GmbH"), paragraph("Frau Petra Müller"), paragraph("Ziegelweg 4a"), paragraph("50667 Köln"),
        paragraph(f"Rechnungsnummer: {number}", "R"), paragraph("Rechnungsdatum: 05.10.2026", "R"),
        paragraph("Leistungszeitraum: 01.09.2026 – 30.09.2026", "R"), paragraph("Kundennummer: 10077", "R"),
        paragraph("Rechnung", "B"),
        paragraph("Sehr geehrte Frau Müller, wir berechnen Ihnen wie vereinbart:"),
        table(["c1", "c2", "c3", "c3", "c5", "c5"], rows),
        paragraph("", "G"),
        table(["c2", "c2", "c5"], [[paragraph(""), paragraph(name, "R"), paragraph(value, "R")] for name, value in sums]),
        paragraph("Zahlbar bis 04.11.2026 ohne Abzug. Bei Zahlung bis 15.10.2026 gewähren wir 2 % Skonto (47,24 €).", "G"),
    ])


def document(body):
    names = " ".join(f'xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"' for one in ("office", "style", "text", "table"))
    names += ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {names} office:version="1.2" '
        f'office:mimetype="application/vnd.oasis.opendocument.text">{STYLES}<office:body><office:text>{body}'
        "</office:text></office:body></office:document>"
    )


def make(folder: Path):
    for name, number, gross in (("letter-de", "RE-2026/1001", "2.362,13"), ("wrong-sum", "RE-2026/1002", "2.632,13")):
        with tempfile.TemporaryDirectory() as work:
            source = Path(work) / f"{name}.fodt"
            source.write_text(document(letter(number, gross)), encoding="utf-8")
            command = ["soffice", f"-env:UserInstallation=file://{work}/profile", "--headless", "--convert-to", "pdf"]
            subprocess.run([*command, "--outdir", folder, source], check=True, capture_output=True, env={**os.environ, "SOURCE_DATE_EPOCH": "1790000000"})
