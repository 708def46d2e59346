"""As a browser prints it: ligatures, columns set in the middle of tall rows, two VAT rates, prices with VAT."""

from pathlib import Path

from weasyprint import HTML

SHOP = """
<html lang="de"><head><title>Rechnung</title><style>
@page { size: A4; margin: 18mm } body { font: 10pt DejaVu Serif } table { border-collapse: collapse; width: 100% }
td, th { padding: 5px 6px; border-bottom: 1px solid #ccc; text-align: left } .n { text-align: right; white-space: nowrap }
.sides { display: flex; justify-content: space-between } .sums { width: 70%; margin-left: 30% }
footer { position: fixed; bottom: 0; font-size: 7.5pt; display: flex; gap: 18mm; white-space: nowrap }
</style></head><body>
<div class="sides"><div><b style="font-size:15pt">Kaffeerösterei Pfiffig KG</b></div><div class="n">Rechnung<br>Nr. R26-00318<br>vom 21.11.2026</div></div>
<p style="margin-top:20mm">Kunde:<br>Büro Affeldt GbR<br>Am Graben 9<br>01067 Dresden</p>
<table><thead><tr><th>Artikel-Nr.</th><th>Artikel</th><th class="n">Anzahl</th><th class="n">MwSt.</th><th class="n">Einzelpreis</th><th class="n">Gesamt</th></tr></thead>
<tbody>
<tr><td>K-100</td><td>Kaffee „Effizient“, ganze Bohne,<br>mild geröstet, 1 kg, fünf Jahre<br>gereift im offenen Fass</td><td class="n">6</td><td class="n">7 %</td><td class="n">24,61 €</td><td class="n">147,66 €</td></tr>
<tr><td>Z-7</td><td>Filterpapier Größe 4,<br>200 Blatt</td><td class="n">2</td><td class="n">19 %</td><td class="n">5,95 €</td><td class="n">11,90 €</td></tr>
<tr><td>M-1</td><td>Miete Kaffeeautomat Oktober</td><td class="n">1</td><td class="n">19 %</td><td class="n">1.190,00 €</td><td class="n">1.190,00 €</td></tr>
</tbody></table>
<table class="sums"><tr><td>Gesamtbetrag</td><td class="n">1.349,56 €</td></tr>
<tr><td>darin enthalten: 7 % MwSt. auf 138,00 €</td><td class="n">9,66 €</td></tr>
<tr><td>darin enthalten: 19 % MwSt. auf 1.010,00 €</td><td class="n">191,90 €</td></tr></table>
<p>Bitte überweisen Sie bis zum 05.12.2026.</p>
<footer><div>Kaffeerösterei<br>Pfiffig KG<br>Schiffbauerweg 2<br>04109 Leipzig</div><div>Tel. 0341 000000<br>kontakt@example.com<br>Steuernr. 231/123/45678</div>
<div>Bank Pfiffig<br>IBAN DE89 3704 0044<br>0532 0130 00<br>BIC COBADEFFXXX</div></footer>
</body></html>"""

CREDIT = """
<html lang="en"><head><title>Credit note</title><style>
@page { size: Letter; margin: 20mm } body { font: 10pt DejaVu Sans } table { width: 100% } td, th { text-align: left; padding: 3px } .n { text-align: right }
</style></head><body><h1>Credit Note</h1>
<table><tr><td>Seller:<br>Northfield Office Supplies LLC<br>410 Main Street<br>Springfield, IL 62701</td>
<td>Customer:<br>Coffin &amp; Flint Inc.<br>9 Harbor Road<br>Portland, ME 04101</td>
<td>Credit note no. CN-77<br>Issued on: October 3, 2026<br>Original invoice no. INV-0981</td></tr></table>
<table><tr><th>Item</th><th class="n">Quantity</th><th class="n">Rate</th><th class="n">Total</th></tr>
<tr><td>Office chair, returned</td><td class="n">2</td><td class="n">$1,149.00</td><td class="n">($2,298.00)</td></tr></table>
<table><tr><td class="n">Subtotal</td><td class="n">($2,298.00)</td></tr><tr><td class="n">Sales tax 6.25%</td><td class="n">($143.63)</td></tr>
<tr><td class="n"><b>Grand total</b></td><td class="n"><b>($2,441.63)</b></td></tr></table></body></html>"""

DOUBTFUL = """
<html lang="en"><head><title>Invoice</title><style>body { font: 11pt DejaVu Sans } td, th { padding: 4px 14px; text-align: right }</style></head><body>
<p>Acme Trading</p><p>Invoice #: 5001<br>Invoice date: 03/04/2026<br>Invoice no. 5007</p>
<table><tr><th>Description</th><th>Units</th><th>Price</th><th>Amount</th></tr><tr><td>Sand</td><td>1.500</td><td>2</td><td>3.000</td></tr></table>
<p>Total: 3.000</p><p>IBAN: DE00 3704 0044 0532 0130 00</p></body></html>"""


def make(folder: Path):
    for name, page in (("ligatures-gross", SHOP), ("credit-note-us", CREDIT), ("doubtful", DOUBTFUL)):
        HTML(string=page).write_pdf(folder / f"{name}.pdf")
