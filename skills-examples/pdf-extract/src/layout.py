"""From words to lines and cells, page by page."""

import statistics

import limits
from document import checked_pages
from glyphs import UNREADABLE, Setter
from hotcell import Failure

#: A gap of this part of the type size ends a cell; a space between words is a quarter to a half.
CELL_GAP = 0.85
#: Words whose baselines differ by less than this part of the type size stand on one line.
LINE_GAP = 0.4


class Cell:
    """Words that belong together, as one column of a line."""

    def __init__(self, words):
        self.words = words
        self.x0, self.x1 = words[0].x0, words[-1].x1
        self.size = max(word.size for word in words)
        self.text = joined(words)

    def __repr__(self):
        return f"<{self.x0:.0f}-{self.x1:.0f} {self.text}>"


class Line:
    """A line with its page (from 1), its place from the page's top, and its cells from left to right."""

    def __init__(self, page, y, words):
        self.page, self.y = page, y
        words.sort(key=lambda word: word.x0)
        self.cells = [Cell(part) for part in parts(words)]
        self.size = max(cell.size for cell in self.cells)
        self.text = "  ".join(cell.text for cell in self.cells)


class Text:
    """The lines of the pages, and what was met on the way."""

    def __init__(self):
        self.lines, self.pages = [], []
        self.hidden = self.turned = self.unreadable = self.outside = self.glyphs = 0
        self.recognized = False


def joined(words) -> str:
    text = words[0].text
    for before, word in zip(words, words[1:]):
        text += word.text if word.x0 - before.x1 < 0.08 * word.size else f" {word.text}"
    return text


def parts(words):
    part = [words[0]]
    for word in words[1:]:
        if word.x0 - part[-1].x1 > CELL_GAP * min(word.size, part[-1].size):
            yield part
            part = []
        part.append(word)
    yield part


def lines_of(page: int, words) -> list[Line]:
    """Groups words by their baselines, from the top."""
    rows = []
    for word in sorted(words, key=lambda word: (word.y, word.x0)):
        if rows and word.y - rows[-1][0] < LINE_GAP * min(word.size, rows[-1][2]):
            rows[-1][1].append(word)
        else:
            rows.append((word.y, [word], word.size))
    return [Line(page, y, found) for y, found, _ in rows]


def visible(words, text: Text):
    """Leaves out what is not shown, but for a page that is nothing else: a scan with recognized text."""
    shown = [word for word in words if not word.hidden]
    hidden = len(words) - len(shown)
    if hidden and not shown:
        text.recognized = True
        return words
    text.hidden += hidden
    return shown


def read(reader, first: int, most: int) -> Text:
    """Reads `most` pages from `first` on (from 1)."""
    setter, text = Setter(), Text()
    count = checked_pages(reader, limits.PAGES)
    for at in range(first - 1, min(count, first - 1 + most)):
        words, width, height = setter.page(reader.pages[at])
        text.pages.append((at + 1, width, height))
        text.lines += lines_of(at + 1, visible(words, text))
    text.turned, text.unreadable, text.outside = setter.turned, setter.unreadable, setter.outside
    text.glyphs = setter.glyphs
    return text


def must_read(text: Text) -> Text:
    """Fails where there is no text, or most of it cannot be read."""
    characters = sum(len(cell.text) for line in text.lines for cell in line.cells)
    lost = sum(cell.text.count(UNREADABLE) for line in text.lines for cell in line.cells)
    if characters == 0:
        raise Failure("NO_TEXT", "The pages hold no text: most likely a scan.")
    if lost * 3 > characters:
        raise Failure("NO_TEXT", "The PDF's fonts do not say which characters they show.")
    return text


def line_height(lines) -> float:
    """Returns the usual distance of lines."""
    steps = [b.y - a.y for a, b in zip(lines, lines[1:]) if a.page == b.page and 2 < b.y - a.y < 40]
    return statistics.median(steps) if steps else 12.0
