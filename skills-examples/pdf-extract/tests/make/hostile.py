"""Files that a reader must refuse, or live through: encrypted, broken, bombs."""

import zlib

from pypdf import PdfReader, PdfWriter


def encrypted(folder, name, user, algorithm):
    writer = PdfWriter(clone_from=PdfReader(folder / "plain-de.pdf"))
    writer.encrypt(user_password=user, owner_password="owner", algorithm=algorithm)
    writer.write(folder / f"{name}.pdf")


def raw(objects, root=1):
    out, places = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n", []
    for at, body in enumerate(objects):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (at + 1, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start)


def stream(data, more=b""):
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), more, data)


def page(content, resources=b"<< >>", more=()):
    return raw([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % resources,
        content,
        *more,
    ])


def make(folder):
    encrypted(folder, "encrypted", "secret", "RC4-128")
    encrypted(folder, "restricted", "", "RC4-128")
    font = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    files = {
        "broken": (folder / "plain-de.pdf").read_bytes()[:700],
        "no-pdf": b"Rechnung 1\nGesamtbetrag 12,00\n",
        "stream-bomb": page(stream(zlib.compress(b"0 0 m\n" * 1_500_000, 9), b"/Filter /FlateDecode")),
        "filter-bomb": page(stream(zlib.compress(zlib.compress(b" " * 60_000_000, 9), 9), b"/Filter [/FlateDecode /FlateDecode]")),
        "operator-bomb": page(stream(zlib.compress(b"q Q\n" * 200_000, 9), b"/Filter /FlateDecode")),
        "nested": page(stream(b"[" * 20_000 + b"]" * 20_000 + b" TJ")),
        "form-loop": page(stream(b"/A Do"), b"<< /XObject << /A 5 0 R >> >>", [
            stream(b"/A Do /A Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 5 0 R >> >>"),
        ]),
        "page-loop": raw([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"]),
        "no-page": raw([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]),
        "many-pages": raw(
            [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [%s] /Count 101 >>" % (b"3 0 R " * 101),
             b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"]
        ),
        "no-unicode": page(stream(b"BT /F1 12 Tf 50 700 Td <00010002000300040005> Tj ET"), b"<< /Font << /F1 5 0 R >> >>", [
            b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /FontDescriptor << /Type /FontDescriptor /FontName /X /Flags 4 >> >>] >>",
        ]),
        "controls": page(stream(b"BT /F1 12 Tf 50 700 Td (Invoice No. A\\0011\\377 \\000\\033[31mred) Tj ET"), font),
    }
    for name, data in files.items():
        (folder / f"{name}.pdf").write_bytes(data)
