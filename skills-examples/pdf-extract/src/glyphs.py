"""Where each word stands: a small interpreter of content streams, over pypdf's parser and fonts.

pypdf's own text extraction joins what it takes for a line and does not say how wide a text is. A table
needs both edges of each word, so the glyphs are set here (ISO 32000-1, 9.4.4).
"""

import math
import unicodedata

from pypdf import apply_configuration
from pypdf.generic import ContentStream, NameObject
from pypdf.generic._font import Font

import limits
from errors import too_large

IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
UNREADABLE = "\ufffd"
#: A gap of this part of the type size ends a word.
WORD_GAP = 0.16
FAR = 100_000.0
LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
SHOWN = {"Zs": " ", "Cf": "", "Cc": " ", "Zl": " ", "Zp": " ", "Cs": UNREADABLE, "Co": UNREADABLE, "Cn": UNREADABLE}


class Word:
    """A word with its box: x from the left, y of the baseline from the page's top, in points."""

    __slots__ = ("text", "x0", "x1", "y", "size", "hidden")

    def __init__(self, text, x0, x1, y, size, hidden):
        self.text, self.x0, self.x1, self.y, self.size, self.hidden = text, x0, x1, y, size, hidden


def times(m, n):
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def readable(text: str) -> str:
    """Ligatures taken apart; what is no character, or hides itself, is not text."""
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text.translate(LIGATURES))
    return "".join(SHOWN.get(unicodedata.category(one), one) for one in text)


def number(value, default=0.0) -> float:
    if isinstance(value, (int, float)) and math.isfinite(value):
        return max(-FAR, min(FAR, float(value)))
    return default


class Face:
    """A font: codes to text and widths."""

    def __init__(self, resource):
        self.known = {}
        self.font = Font.from_font_resource(resource)
        composite = resource.get("/Subtype") == "/Type0"
        self.blind = not self.font.interpretable or (composite and not self.font.character_map)
        self.scale = 0.001
        if resource.get("/Subtype") == "/Type3":
            self.scale = abs(number(resource.get("/FontMatrix", [0.001])[0], 0.001)) or 0.001

    def glyphs(self, data: bytes):
        """Yields text, width in thousandths of the size times `scale`, and whether word spacing counts."""
        encoding = self.font.encoding
        if isinstance(encoding, str):
            try:
                codes = data.decode(encoding, "surrogatepass")
            except (UnicodeDecodeError, LookupError):
                codes = data.decode("latin-1")
        else:
            codes = data.decode("latin-1")
        for code in codes:
            glyph = self.known.get(code)
            if glyph is None:
                glyph = self.known[code] = self.glyph(code, encoding)
            yield glyph

    def glyph(self, code, encoding):
        font = self.font
        text = code if isinstance(encoding, str) else encoding.get(ord(code), code)
        text = UNREADABLE if self.blind else font.character_map.get(text, text)
        width = font.space_width if code == font.space_char else font.character_widths.get(code)
        if width is None:
            width = font.character_widths.get("default", 500)
        simple_space = code == " " and not isinstance(encoding, str)
        return readable(str(text)), number(width, 500.0) * self.scale, simple_space


class Blind:
    """A font that cannot be read: its text is there, but not what it says."""

    def glyphs(self, data: bytes):
        for _ in data:
            yield UNREADABLE, 0.5, False


class State:
    """The graphics state, as far as text needs it."""

    __slots__ = ("ctm", "face", "size", "char", "word", "scale", "leading", "rise", "mode")

    def __init__(self, ctm):
        self.ctm, self.face, self.size = ctm, Blind(), 0.0
        self.char = self.word = self.leading = self.rise = 0.0
        self.scale, self.mode = 1.0, 0

    def copy(self):
        other = State(self.ctm)
        for name in State.__slots__:
            setattr(other, name, getattr(self, name))
        return other


class Setter:
    """Sets the words of pages. One for a call: its bounds are the call's."""

    def __init__(self):
        self.tokens = self.glyphs = self.forms = 0
        self.unreadable = self.turned = self.outside = 0
        self.faces = {}

    def page(self, page):
        """Returns the words of a page, with its width and height."""
        ctm, width, height = upright(page)
        self.words, self.word = [], None
        self.width, self.height = width, height
        self.depth = 0
        contents = page.get("/Contents")
        if contents is not None:
            stream = ContentStream(contents, page.pdf, "bytes")
            self.run(stream, page.get("/Resources"), State(ctm))
        self.flush()
        return self.words, width, height

    def run(self, stream, resources, state):
        resources = resources.get_object() if resources is not None else {}
        fonts, forms = part(resources, "/Font"), part(resources, "/XObject")
        stack, tm, line = [], IDENTITY, IDENTITY
        for operands, operator in self.operations(stream):
            if operator == b"q":
                stack.append(state.copy())
            elif operator == b"Q":
                state = stack.pop() if stack else state
            elif operator == b"cm":
                state.ctm = times(matrix(operands), state.ctm)
            elif operator == b"Do":
                self.form(forms, operands, state)
            elif operator == b"BT":
                tm = line = IDENTITY
            elif operator == b"Tm":
                tm = line = matrix(operands)
            elif operator in (b"Td", b"TD"):
                x, y = first(operands, 0), first(operands, 1)
                state.leading = -y if operator == b"TD" else state.leading
                tm = line = times((1, 0, 0, 1, x, y), line)
            elif operator == b"T*":
                tm = line = times((1, 0, 0, 1, 0, -state.leading), line)
            elif operator in (b"Tj", b"TJ"):
                tm = self.show(operands[:1], state, tm)
            elif operator in (b"'", b'"'):
                if operator == b'"':
                    state.word, state.char = first(operands, 0), first(operands, 1)
                line = times((1, 0, 0, 1, 0, -state.leading), line)
                tm = self.show(operands[-1:], state, line)
            else:
                self.set(operator, operands, state, fonts)

    def operations(self, stream):
        """Parses a content stream with what is left of the call's bound."""
        with apply_configuration(stream_parsing_work_maximum_count=limits.TOKENS - self.tokens):
            operations = stream.operations
        for operands, _ in operations:
            self.tokens += 1 + len(operands)
            if operands and isinstance(operands[0], list):
                self.tokens += len(operands[0])
        if self.tokens >= limits.TOKENS:
            raise too_large(f"The pages draw with more than {limits.TOKENS} words.")
        return operations

    def set(self, operator, operands, state, fonts):
        if operator == b"Tf" and operands:
            state.face, state.size = self.face(fonts, operands[0]), first(operands, 1)
        elif operator == b"Tc":
            state.char = first(operands, 0)
        elif operator == b"Tw":
            state.word = first(operands, 0)
        elif operator == b"Tz":
            state.scale = first(operands, 0, 100.0) / 100.0
        elif operator == b"TL":
            state.leading = first(operands, 0)
        elif operator == b"Ts":
            state.rise = first(operands, 0)
        elif operator == b"Tr":
            state.mode = int(first(operands, 0))

    def face(self, fonts, name):
        resource = fonts.get(name) if isinstance(name, NameObject) else None
        if resource is None:
            return Blind()
        resource = resource.get_object()
        key = id(resource)
        if key not in self.faces:
            if len(self.faces) >= limits.FONTS:
                raise too_large(f"The PDF has more than {limits.FONTS} fonts.")
            try:
                face = Face(resource)
            except (MemoryError, RecursionError):
                raise
            except Exception:  # A broken font hides what it says, and no more than that.
                face = Blind()
            self.faces[key] = (face, resource)
        return self.faces[key][0]

    def form(self, forms, operands, state):
        form = forms.get(operands[0]) if operands and isinstance(operands[0], NameObject) else None
        form = form.get_object() if form is not None else None
        if not hasattr(form, "get_data") or form.get("/Subtype") != "/Form":
            return
        self.forms += 1
        if self.depth >= limits.FORM_DEPTH or self.forms > limits.FORMS:
            raise too_large("The pages draw forms in forms without end.")
        inner = state.copy()
        inner.ctm = times(matrix(form.get("/Matrix", [])), state.ctm)
        self.depth += 1
        self.run(ContentStream(form, None, "bytes"), form.get("/Resources"), inner)
        self.depth -= 1

    def show(self, operands, state, tm):
        items = operands[0] if operands and isinstance(operands[0], list) else operands
        whole = times(tm, state.ctm)
        along, size = whole[0], abs(state.size) * math.hypot(whole[2], whole[3])
        straight = along > 0 and abs(whole[1]) < 0.02 * along
        y = self.height - (whole[5] + state.rise * whole[3])
        moved = 0.0
        for item in items:
            if isinstance(item, (int, float)):
                moved -= number(item) / 1000 * state.size * state.scale
                continue
            data = item if isinstance(item, bytes) else str(item).encode("latin-1", "replace")
            if isinstance(item, NameObject):
                continue
            for text, width, spaced in state.face.glyphs(data):
                self.glyphs += 1
                if self.glyphs > limits.GLYPHS:
                    raise too_large(f"The pages hold more than {limits.GLYPHS} characters.")
                step = (width * state.size + state.char + (state.word if spaced else 0.0)) * state.scale
                inked = width * state.size * state.scale
                if straight:
                    x = whole[4] + moved * along
                    self.put(text, x, x + inked * along, y, size, state.mode in (3, 7))
                else:
                    self.turned += 1
                moved += step
        return times((1, 0, 0, 1, moved, 0), tm)

    def put(self, text, x0, x1, y, size, hidden):
        self.unreadable += text == UNREADABLE
        if not (-1 <= x0 <= self.width + 1 and -1 <= y <= self.height + 1) or size < 1:
            self.outside += bool(text.strip())
            return
        word = self.word
        if not text or text.isspace():
            if text:
                self.flush()
            return
        if word is not None:
            gap = x0 - word.x1
            near = -0.5 * size < gap < WORD_GAP * size and abs(y - word.y) < 0.3 * size
            if near and abs(size - word.size) < 0.3 * size and hidden == word.hidden and len(word.text) < 200:
                word.text += text
                word.x1 = max(word.x1, x1)
                return
            self.flush()
        self.word = Word(text, x0, x1, y, size, hidden)

    def flush(self):
        if self.word is not None:
            self.words.append(self.word)
            self.word = None


def part(resources, key):
    found = resources.get(key) if hasattr(resources, "get") else None
    found = found.get_object() if found is not None else None
    return found if hasattr(found, "get") else {}


def first(operands, at, default=0.0) -> float:
    return number(operands[at], default) if isinstance(operands, list) and at < len(operands) else default


def matrix(values):
    if not isinstance(values, list) or len(values) != 6:
        return IDENTITY
    return tuple(number(value.get_object() if hasattr(value, "get_object") else value) for value in values)


def upright(page):
    """Returns the matrix that sets the page upright with its corner at 0,0, and its width and height."""
    box = page.cropbox
    left, bottom = number(float(box.left)), number(float(box.bottom))
    width, height = number(float(box.width)), number(float(box.height))
    turn = page.get("/Rotate", 0)
    turn = int(number(turn.get_object() if hasattr(turn, "get_object") else turn)) % 360
    if turn == 90:
        return (0, -1, 1, 0, -bottom, left + width), height, width
    if turn == 180:
        return (-1, 0, 0, -1, left + width, bottom + height), width, height
    if turn == 270:
        return (0, 1, -1, 0, bottom + height, -left), height, width
    return (1, 0, 0, 1, -left, -bottom), width, height
