"""Who sends the invoice and who gets it: blocks of lines that end in a town, and what tells them apart."""

import re

import columns
import labels
import limits
import values
from found import found

TOWN = re.compile(
    r"^(?:(?P<country>D|DE|A|AT|CH|L|B)[- ])?(?P<code>\d{5}|(?!20[23]\d)\d{4})\s+(?P<town>[A-ZÄÖÜÉ][\w.\-/()' ]{1,60})$"
    r"|^(?:[A-Z][\w.\-' ]{1,40},?\s+)?(?P<uk>[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})$"
    r"|^(?P<nl>\d{4}\s?[A-Z]{2})\s+[A-Z][\w.\-' ]{1,40}$"
    r"|^[A-Z][\w.\-' ]{1,40},\s+[A-Z]{2}\s+(?P<us>\d{5}(?:-\d{4})?)$"
)
ONE_LINE = re.compile(
    r"^(?P<name>[^·•|,]{2,80}?)\s*(?:[·•|,]|\s[-–]\s)\s*(?P<street>[^·•|,]{3,60}?)\s*(?:[·•|,]|\s[-–]\s)\s*"
    r"(?P<town>(?:[A-Z]{1,2}-)?\d{4,5}\s+[A-ZÄÖÜ][\w.\-/() ]{1,40}|[A-Z][\w.\-' ]{1,40}\s+[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})"
    r"(?:\s*[·•|,].{0,60})?$"
)
CONTACT = re.compile(r"(?:\btel\b|telefon|phone|\bfax\b|e-?mail|@|www\.|https?:|\biban\b|\bbic\b|amtsgericht|hrb|geschäftsführ|registered)", re.I)
TITLE = re.compile(r"^(?:rechnung|gutschrift|(?:tax\s+)?invoice|credit\s?note|datum|date)\b", re.I)
COUNTRIES = {
    "deutschland": "DE", "germany": "DE", "österreich": "AT", "austria": "AT", "schweiz": "CH", "switzerland": "CH",
    "united kingdom": "GB", "great britain": "GB", "england": "GB", "france": "FR", "frankreich": "FR", "ireland": "IE",
    "irland": "IE", "netherlands": "NL", "the netherlands": "NL", "niederlande": "NL", "belgium": "BE", "belgien": "BE",
    "italy": "IT", "italien": "IT", "spain": "ES", "spanien": "ES", "poland": "PL", "polen": "PL", "usa": "US",
    "denmark": "DK", "dänemark": "DK", "sweden": "SE", "schweden": "SE", "luxembourg": "LU", "luxemburg": "LU",
}
PREFIXES = {"D": "DE", "DE": "DE", "A": "AT", "AT": "AT", "CH": "CH", "L": "LU", "B": "BE"}


class Block:
    """A name with an address: lines of one column."""

    def __init__(self, page, cells, role, town):
        self.page, self.cells, self.role = page, cells, role
        self.name, self.address = cells[0][1], [text for _, text, _ in cells[1:]]
        if len(cells) > 2 and labels.LEGAL_FORM.search(cells[1][1]) and not labels.LEGAL_FORM.search(self.name):
            self.wrapped = f"{cells[0][1]} {cells[1][1]}"
        else:
            self.wrapped = None
        self.country = None
        if town is not None:
            self.country = PREFIXES.get(town["country"]) or ("GB" if town["uk"] else "NL" if town["nl"] else None)

    def key(self):
        return re.sub(r"\W", "", self.name).lower()

    def holds(self, page, y, cell):
        if page != self.page:
            return False
        top, bottom = self.cells[0][0], self.cells[-1][0]
        at = self.cells[0][2]
        return top - 4 <= y <= bottom + 5 * at.size and abs(cell.x0 - at.x0) < 12


def blocks(text) -> list[Block]:
    """Returns all addresses, from the top."""
    lines, height = text.lines, {page: height for page, _, height in text.pages}
    all_blocks = []
    for at, line in enumerate(lines):
        if len(all_blocks) >= limits.BLOCKS:
            break
        for cell in line.cells[: limits.LINE_CELLS]:
            if whole := ONE_LINE.match(cell.text):
                cells = [(line.y, whole[part].strip(), cell) for part in ("name", "street", "town")]
                block = Block(line.page, cells, "supplier", TOWN.match(cells[2][1]))
                all_blocks.append(block)
            elif town := TOWN.match(cell.text):
                if block := stacked(lines, at, cell, town):
                    if block.role is None and (line.y > 0.8 * height[line.page] or contacts(lines, at, cell)):
                        block.role = "supplier"
                    all_blocks.append(block)
    for block in all_blocks:
        unwrap(block, lines)
    return [block for block in all_blocks if block.role != "other" and not columns.name_of(block.name)]


def unwrap(block, lines):
    """A company's name over two lines is one where it stands as one elsewhere."""
    if block.wrapped and any(block.wrapped in cell.text for line in lines for cell in line.cells):
        block.name, block.address = block.wrapped, block.address[1:]


def stacked(lines, at, cell, town) -> Block | None:
    """Returns the block that ends in a town: the lines above it in the same column."""
    cells, role = [(lines[at].y, cell.text, cell)], None
    for line in reversed(lines[max(0, at - 12) : at]):
        last_y, _, last = cells[0]
        if line.page != lines[at].page or last_y - line.y > 2.2 * max(cell.size, 8) or len(cells) > 5:
            break
        above = [one for one in line.cells if abs(one.x0 - cell.x0) < 5 or abs(one.x1 - cell.x1) < 2]
        if not above:
            continue
        one = above[0]
        role, rest = role_of(one.text)
        if role:
            if rest:
                cells.insert(0, (line.y, rest, one))
            break
        if ONE_LINE.match(one.text) or TITLE.match(one.text) or CONTACT.search(one.text) or TOWN.match(one.text):
            break
        cells.insert(0, (line.y, one.text, one))
    if len(cells) < 2:
        return None
    country = country_line(lines, at, cell)
    block = Block(lines[at].page, cells, role, town)
    if country:
        block.country = COUNTRIES[country.text.lower()]
        block.address.append(country.text)
    return block


def role_of(text):
    for role, pattern in (("buyer", labels.BUYER), ("supplier", labels.SELLER), ("other", labels.OTHER_PARTY)):
        if told := pattern.match(text):
            return role, told["rest"].strip() if role != "other" else ""
    return None, ""


def under(lines, at, cell, most):
    for line in lines[at + 1 : at + 1 + most]:
        if line.page != lines[at].page or line.y - lines[at].y > 1.9 * most * cell.size:
            return
        for one in line.cells:
            if abs(one.x0 - cell.x0) < 5 or abs(one.x1 - cell.x1) < 2:
                yield one


def country_line(lines, at, cell):
    return next((one for one in under(lines, at, cell, 1) if one.text.lower() in COUNTRIES), None)


def contacts(lines, at, cell) -> bool:
    for one in under(lines, at, cell, 5):
        if TITLE.match(one.text) or TOWN.match(one.text):
            return False
        if CONTACT.search(one.text):
            return True
    return False


def parties(text, findings):
    """Returns the supplier's and the buyer's block, each where it is certain."""
    known = blocks(text)
    names = {block.key() for block in known if block.role == "supplier"}
    for block in known:
        if block.role is None and block.key() in names:
            block.role = "supplier"
    rest = distinct([block for block in known if block.role is None])
    suppliers = distinct([block for block in known if block.role == "supplier"])
    buyers = distinct([block for block in known if block.role == "buyer"])
    if len(rest) == 1 and suppliers and not buyers:
        buyers, rest = rest, []
    elif len(rest) == 1 and buyers and not suppliers:
        suppliers, rest = rest, []
    supplier = chosen(suppliers, rest, "supplier", findings)
    return supplier, chosen(buyers, rest, "buyer", findings)


def distinct(some):
    """One block for each name, the fullest."""
    by_name = {}
    for block in some:
        before = by_name.get(block.key())
        if before is None or (block.country and not before.country) or len(block.address) > len(before.address):
            by_name[block.key()] = block
    return list(by_name.values())


def chosen(blocks, rest, what, findings):
    if len(blocks) == 1:
        return blocks[0]
    if blocks or rest:
        told = "; ".join(block.name for block in (blocks or rest)[:5])
        severity = "error" if what == "supplier" else "warning"
        findings.add(severity, "ambiguous", f"/{what}/name", f"The {what} may be each of: {told}. None was chosen.")
    return None


def header_name(text):
    """Returns the name at the page's top, where a legal form shows that it is a company's."""
    for line in text.lines[:8]:
        for cell in line.cells:
            if labels.LEGAL_FORM.search(cell.text) and len(cell.text) < 80 and not role_of(cell.text)[0]:
                return line.page, cell.text
    return None


def vat_ids(lines, supplier, buyer):
    """Returns the labelled VAT numbers, as (of whom, number, page, what is written)."""
    for line in lines:
        for at, cell in enumerate(line.cells):
            for label in labels.VAT_ID.finditer(cell.text):
                rest = cell.text[label.end() :]
                if not rest and at + 1 < len(line.cells):
                    rest = line.cells[at + 1].text
                told = values.VAT_NUMBER.search(rest[:60])
                number = values.vat_number_of(rest[:60]) if told and told.start() < 24 else None
                if number is None:
                    continue
                yours = labels.YOURS.search(cell.text[: label.end()] + rest[: told.start()])
                of_buyer = yours or (buyer is not None and buyer.holds(line.page, line.y, cell))
                yield "buyer" if of_buyer else "supplier", number, line.page, f"{label[0]} {told[0]}"


def told_of(block, header, vat_id, tax_number):
    """Returns a party as the answer has it."""
    party = {"name": None, "address": [], "country": None, "vat_id": vat_id, "tax_number": tax_number}
    if block is not None:
        party["name"] = found(block.name, block.page, block.name)
        party["address"] = [line[:200] for line in block.address[:6]]
        party["country"] = block.country
    elif header is not None:
        party["name"] = found(header[1], header[0], header[1])
    if vat_id and not party["country"]:
        party["country"] = {"EL": "GR", "XI": "GB"}.get(vat_id["value"][:2], vat_id["value"][:2])
    return party
