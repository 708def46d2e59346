"""The positions' columns: their words at the top, and which cell of a row stands in which."""

import re

import labels
import values
from glyphs import Word
from layout import Cell

MONEY_SIGN = r"(?:€|\$|£|EUR|USD|GBP|CHF)"
MONEY = re.compile(rf"^(?:{MONEY_SIGN})?\s*{values.AMOUNT.pattern}\s*{MONEY_SIGN}?$")
RUN_ON = re.compile(r"[a-zäöüß.](?=[A-ZÄÖÜ])")
SIGN = re.compile(rf"^(?:%|{MONEY_SIGN})$")
#: The gaps, in parts of the type size, at which a row is cut finer to see whether it fits better.
FINER = (0.65, 0.45)
FIGURE = re.compile(rf"^(?:{MONEY_SIGN})?\s*-?[\d.,'’ ]*\d[.,]\d\d\s*(?:{MONEY_SIGN})?(?:\s+\d+\s?%)?$")
QUANTITY = re.compile(rf"^{values.AMOUNT.pattern}\s*(?P<unit>[^\d\s][^\d]{{0,14}})?$")
KINDS = {
    "position": re.compile(r"^\d{1,4}(?:\.\d{1,3})*\.?$"),
    "article": re.compile(r"^[\w./-]+$"),
    "description": re.compile(r""),
    "quantity": QUANTITY,
    "unit": re.compile(r"^[^\d\s][^\d]{0,19}\d?$"),
    "unit_price": MONEY,
    "vat_rate": re.compile(r"^(?:\d{1,2}(?:[.,]\d{1,2})?\s?%?|[A-Z])$"),
    "discount": re.compile(rf"^-?(?:\d{{1,2}}(?:[.,]\d{{1,2}})?\s?%|{values.AMOUNT.pattern}\s*{MONEY_SIGN}?)?$"),
    "vat_amount": MONEY,
    "gross_amount": MONEY,
    "amount": MONEY,
}
WRONG_KIND = 1_000.0
#: What a row costs for each figure that it leaves out.
UNFILLED, WANTED = 15.0, ("description", "quantity", "unit_price", "amount")
#: Most cells of a row that are looked at.
CELLS = 24


class Column:
    def __init__(self, name, x0, x1):
        self.name, self.x0, self.x1 = name, x0, x1
        self.end = x1


def header(lines, at) -> tuple[list[Column], int] | None:
    """Returns the columns that a line names, and how many lines it takes; none where it is no such line."""
    line = lines[at]
    if not 2 <= len(line.cells) <= CELLS or sum(any(sign.isdigit() for sign in cell.text) for cell in line.cells) > 1:
        return None
    found = named([(cell.words, cell.text) for cell in line.cells])
    taken = 1
    if at + 1 < len(lines) and lines[at + 1].page == line.page and lines[at + 1].y - line.y < 1.8 * line.size:
        if not any(sign.isdigit() for sign in lines[at + 1].text):
            both = named(stacked(line, lines[at + 1]))
            if len(both) > len(found) or (len(both) == len(found) and found and wider(both, found)):
                found, taken = both, 2
    names = {column.name for column in found}
    if len(names) < 3 or not names & {"amount", "gross_amount", "unit_price"} or not names & {"description", "quantity"}:
        return None
    for column, after in zip(found, found[1:]):
        column.end = max(column.x1, after.x0 - 4) if column.name == "description" else column.x1
    return found, taken


def wider(both, found) -> bool:
    return sum(column.x1 - column.x0 for column in both) > sum(column.x1 - column.x0 for column in found)


def stacked(line, under):
    """Joins each cell with the one right under it, as in `Einzel-` over `preis`."""
    left = list(under.cells)
    for cell in line.cells:
        match = next((one for one in left if one.x0 < cell.x1 and one.x1 > cell.x0), None)
        if match is None:
            yield cell.words, cell.text
            continue
        left.remove(match)
        first = cell.text
        text = first[:-1] + match.text if first.endswith("-") else f"{first} {match.text}"
        yield cell.words + match.words, text
    for cell in left:
        yield cell.words, cell.text


def named(cells) -> list[Column]:
    """Returns the columns of cells, each a list of words and its text; a cell may name several."""
    found = []
    for words, text in cells:
        x0, x1 = min(word.x0 for word in words), max(word.x1 for word in words)
        if name := name_of(text):
            found.append(Column(name, x0, x1))
        else:
            found.extend(split(words))
    last = {column.name: column for column in found}
    kept = [column for column in found if last[column.name] is column]
    return sorted(kept, key=lambda column: column.x0)


def name_of(text) -> str | None:
    text = text.strip(" :.")
    return next((name for name, pattern in labels.COLUMN.items() if pattern.match(text) or pattern.match(text + ".")), None)


def split(words):
    at = 0
    words = [piece for word in sorted(words[:12], key=lambda word: word.x0) for piece in taken_apart(word)]
    while at < len(words):
        for end in range(len(words), at, -1):
            name = name_of(" ".join(word.text for word in words[at:end]))
            if name:
                yield Column(name, words[at].x0, words[end - 1].x1)
                at = end - 1
                break
        at += 1


def taken_apart(word):
    """Takes apart two heads that touch each other, as in `MengeEinzelpreis`."""
    parts = list(pieces(word))
    return parts if all(name_of(part.text) for part in parts) else [word]


def pieces(word):
    ends = [told.end() for told in RUN_ON.finditer(word.text)] + [len(word.text)]
    step, begin = (word.x1 - word.x0) / len(word.text), 0
    for end in ends:
        yield Word(word.text[begin:end], word.x0 + begin * step, word.x0 + end * step, word.y, word.size, word.hidden)
        begin = end


def finer(line, most: float) -> list[Cell]:
    """Cuts a line into cells at smaller gaps, for tables whose columns stand close; a sign stays with its figure."""
    cells = []
    for cell in line.cells:
        part = [cell.words[0]]
        for word in cell.words[1:]:
            signs = SIGN.match(word.text) or (SIGN.match(part[-1].text) and part[-1].text != "%")
            if word.x0 - part[-1].x1 > most * word.size and not signs:
                cells.append(Cell(part))
                part = []
            part.append(word)
        cells.append(Cell(part))
    return cells


def row(line, columns) -> dict[str, str] | None:
    """Returns the texts of a row by column; none where the line does not fit the columns."""
    best = None
    for cells in (line.cells, *(finer(line, most) for most in FINER)):
        if len(cells) <= CELLS:
            cost, placed = place(cells, columns)
            cost += UNFILLED * sum(column.name in WANTED and column.name not in placed for column in columns)
            if best is None or cost < best[0] - 1:
                best = cost, placed
    if best is None or best[0] >= WRONG_KIND:
        return None
    return best[1]


def place(cells, columns):
    """Places cells into columns from left to right at the least cost; only a description takes several."""
    rows = [[cost(cell, column) for column in columns] for cell in cells]
    reached = [(rows[0][k], (k,)) for k in range(len(columns))]
    for costs in rows[1:]:
        step = []
        for k, column in enumerate(columns):
            before = reached[: k + 1] if column.name == "description" else reached[:k]
            if not before:
                step.append((float("inf"), ()))
                continue
            least, path = min(before, key=lambda one: one[0])
            step.append((least + costs[k], (*path, k)))
        reached = step
    least, path = min(reached, key=lambda one: one[0])
    placed = {}
    for cell, k in zip(cells, path):
        name = columns[k].name
        placed[name] = f"{placed[name]} {cell.text}" if name in placed else cell.text
    return least, placed


def cost(cell, column) -> float:
    """Returns how badly a cell fits a column: by kind, by distance, by its edges."""
    wrong = 0.0 if KINDS[column.name].search(cell.text) else WRONG_KIND
    apart = max(column.x0 - cell.x1, cell.x0 - column.end, 0.0)
    edges = min(
        abs(cell.x0 - column.x0),
        abs(cell.x1 - column.x1),
        abs((cell.x0 + cell.x1) - (column.x0 + column.x1)) / 2,
    )
    if column.name == "description" and FIGURE.match(cell.text):
        wrong += UNFILLED
    return wrong + min(apart, 300.0) + 0.15 * min(edges, 300.0)
