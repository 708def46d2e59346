"""The positions: rows under the header, over pages, with descriptions of several lines."""

import re
from decimal import Decimal

import columns
import labels
import limits
import values
from errors import too_large
from found import found

FIGURES = ("amount", "gross_amount", "unit_price")
VAT_LINE = re.compile(r"^(?:zzgl\.?|zuzüglich|plus|inkl\.?|incl?\.?|davon|enthaltene|add)?\s*(?:\d{1,2}(?:[.,]\d+)?\s?%\s*)?", re.I)


class Row:
    def __init__(self, line, cells):
        self.line, self.cells = line, cells
        self.top = self.bottom = line.y
        self.before, self.after = [], []
        if cells.get("description"):
            self.after.append(cells["description"])

    def description(self) -> str:
        return " ".join(self.before + self.after)


def is_total(line) -> bool:
    """Whether a line is one of the sums below the positions."""
    for cell in line.cells:
        text = cell.text
        if any(pattern.match(text) for pattern in (labels.NET, labels.GROSS, labels.GROSS_PLAIN, labels.PAYABLE)):
            return values.AMOUNT.search(line.text) is not None
        start = VAT_LINE.match(text)
        named = labels.VAT.match(text, start.end()) or (labels.VAT.search(text) and values.PERCENT.search(text))
        if named and values.AMOUNT.search(line.text) and len(line.cells) < 5:
            return True
    return False


def rows_of(lines, findings):
    """Returns the rows, and where the positions end: the index of the first line after them."""
    layout, rows, loose, end, seen = None, [], [], 0, set()
    at = 0
    while at < len(lines):
        line = lines[at]
        if told := columns.header(lines, at):
            if layout is None or {one.name for one in told[0]} == {one.name for one in layout}:
                layout, end = told[0], at + told[1]
                seen.add(line.page)
                at = end
                continue
        if layout is not None:
            if labels.CARRY.match(line.text):
                pass
            elif is_total(line) and not whole(columns.row(line, layout)):
                if rows:
                    break
            else:
                take(line, layout, rows, loose, findings, line.page in seen)
                end = at + 1 if rows and rows[-1].line is line else end
        at += 1
    attach(rows, loose)
    return rows, end, layout


def whole(cells) -> bool:
    """Whether a line that begins as a sum does is a position all the same."""
    return bool(cells) and "quantity" in cells and any(name in cells for name in FIGURES)


def take(line, layout, rows, loose, findings, headed):
    cells = columns.row(line, layout)
    if cells and set(cells) <= {"description", "article", "unit"} and not (money_in(line) and beyond(line, layout)):
        if headed and "description" in cells:
            loose.append((line, cells["description"]))
        return
    names = {column.name for column in layout}
    wanted = [name for name in FIGURES if name in names]
    described = "description" in names
    if cells and any(name in cells for name in wanted[:1]) and len(cells) > 1:
        if len(rows) == limits.POSITIONS:
            raise too_large(f"The invoice has more than {limits.POSITIONS} positions.")
        rows.append(Row(line, cells))
    elif money_in(line) and near(line, rows) and described:
        findings.error("row_unread", "/positions", f"A line among the positions was not understood (page {line.page}): {line.text}")


def beyond(line, layout) -> bool:
    """Whether a line reaches from the description into other columns."""
    end = next((column.end for column in layout if column.name == "description"), 0.0)
    return any(cell.x1 > end + 2 for cell in line.cells)


def money_in(line) -> bool:
    return any(re.search(r"[.,]\d\d$", told["digits"]) for told in values.AMOUNT.finditer(line.text))


def near(line, rows) -> bool:
    return not rows or (rows[-1].line.page == line.page and line.y - rows[-1].line.y < 90)


def attach(rows, loose):
    """Gives each line that is only description to the row that it stands nearest to."""
    for line, text in loose:
        above = [row for row in rows if row.line.page == line.page and row.line.y < line.y]
        below = [row for row in rows if row.line.page == line.page and row.line.y > line.y]
        up = line.y - above[-1].bottom if above else 1e9
        down = below[0].line.y - line.y if below else 1e9
        if up <= down + 1 and up < 1.9 * line.size:
            above[-1].after.append(text)
            above[-1].bottom = line.y
        elif below and down < 1.9 * line.size * (2 if not below[0].cells.get("description") else 1):
            below[0].before.append(text)


def positions(lines, style, findings):
    """Returns the positions, and where the rest of the invoice begins."""
    rows, end, layout = rows_of(lines, findings)
    if not rows:
        message = "No table of positions was found: its columns are named in words that are not known."
        findings.error("not_found", "/positions", message)
    return [position(row, at, style, {one.name for one in layout}, findings) for at, row in enumerate(rows)], end


def position(row, at, style, named, findings):
    cells, page, pointer = row.cells, row.line.page, f"/positions/{at}"
    quantity, unit = cells.get("quantity"), cells.get("unit")
    if quantity and not unit:
        unit = columns.QUANTITY.match(quantity)["unit"]
    figures = {
        name: figure(cells.get(name), page, style, f"{pointer}/{name}", findings)
        for name in ("quantity", "unit_price", "discount", "amount", "gross_amount")
    }
    for name in ("quantity", "unit_price", "vat_rate"):
        if name in named and name not in cells:
            findings.warning("not_found", f"{pointer}/{name}", f"The table has a column for it, the position has nothing there (page {page}).")
    if not {"quantity", "unit_price"} <= set(cells) and re.search(r"\d[.,]\d\d(?!\d)", cells.get("description", "")):
        message = f"The description holds figures that may be columns of their own (page {page})."
        findings.warning("row_unread", f"{pointer}/description", message)
    rate = rate_of(cells.get("vat_rate"), page)
    if cells.get("vat_rate") and rate is None:
        message = f"The VAT of the position is the code {cells['vat_rate']}, not a rate."
        findings.warning("not_certain", f"{pointer}/vat_rate", message)
    percent = None
    if figures["discount"] and "%" in cells["discount"]:
        percent = abs(Decimal(figures["discount"]["value"]))
    check(figures, percent, pointer, findings)
    number = cells.get("position")
    return {
        "position": number.rstrip(".") if number else None,
        "article": cells.get("article"),
        "description": row.description()[: limits.DESCRIPTION],
        "quantity": figures["quantity"],
        "unit": unit.strip()[:20] if unit else None,
        "unit_price": figures["unit_price"],
        "vat_rate": rate,
        "amount": figures["amount"],
        "gross_amount": figures["gross_amount"],
        "page": page,
    }


def figure(text, page, style, pointer, findings):
    if not text:
        return None
    told = values.AMOUNT.search(text)
    value = values.amount(told, style) if told else None
    if value is None:
        if told:
            findings.error("not_certain", pointer, f"{told[0]} may be thousands or decimals. It was not chosen.")
        return None
    return found(values.written(value), page, text)


def rate_of(text, page):
    told = re.match(r"^(\d{1,2}(?:[.,]\d{1,2})?)\s?%?$", text or "")
    return found(values.rate(told[1]), page, text) if told else None


def check(figures, percent, pointer, findings):
    quantity, price, amount = (figures[name] for name in ("quantity", "unit_price", "amount"))
    amount = amount or figures["gross_amount"]
    if not (quantity and price and amount):
        return
    product = Decimal(quantity["value"]) * Decimal(price["value"])
    if percent is not None:
        product = product * (100 - percent) / 100
    stated = Decimal(amount["value"])
    if abs(product - stated) > Decimal("0.01") and (percent is not None or figures["discount"] is None):
        message = f"Quantity times price is {values.cents(product)}, the invoice says {amount['value']}."
        sign_only = abs(product + stated) <= Decimal("0.01")
        findings.add("warning" if sign_only else "error", "line_amount", f"{pointer}/amount", message)
