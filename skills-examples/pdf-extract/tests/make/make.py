"""Makes the test PDFs into ../pdf."""

import sys
from pathlib import Path

import by_fpdf
import by_libreoffice
import by_reportlab
import by_weasyprint
import hostile

FOLDER = Path(__file__).parent.parent / "pdf"
MAKERS = {"libreoffice": by_libreoffice, "reportlab": by_reportlab, "weasyprint": by_weasyprint, "fpdf": by_fpdf, "hostile": hostile}

FOLDER.mkdir(exist_ok=True)
for name in sys.argv[1:] or MAKERS:
    MAKERS[name].make(FOLDER)
