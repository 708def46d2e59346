"""How much of a foreign PDF is read: each bound has a name, and what is beyond it is refused."""

#: Bytes of the file.
FILE_BYTES = 8 << 20
#: Pages of one document; `extract_text` reads a range of a longer one.
PAGES = 100
#: Pages that `extract_invoice` reads: an invoice is no book.
INVOICE_PAGES = 40
#: Bytes of one stream, unpacked; the same for an attachment.
STREAM_BYTES = 4 << 20
#: Operands and operators of all content streams of one call.
TOKENS = 160_000
#: Glyphs of one call.
GLYPHS = 80_000
#: Cells of an invoice's lines.
INVOICE_CELLS = 6_000
#: Cells of one line that may name a figure or a party.
LINE_CELLS = 40
#: Addresses that may be a party.
BLOCKS = 100
#: Forms drawn in forms.
FORM_DEPTH = 6
#: Forms drawn in one call.
FORMS = 400
#: Fonts read in one call.
FONTS = 200
#: Attachments looked at.
ATTACHMENTS = 32
#: Elements and depth of an attached XML invoice.
XML_ELEMENTS = 40_000
XML_DEPTH = 24
#: Positions of one invoice.
POSITIONS = 500
#: Findings of one answer; the last says that there are more.
FINDINGS = 200
#: Characters of one text in an answer.
TEXT = 400
#: Characters of one description of a position.
DESCRIPTION = 1_000
#: Cells in one answer of `extract_text`.
CELLS = 8_000
