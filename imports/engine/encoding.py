"""In which encoding a file is written: byte order mark, then strict UTF-8 over the whole file, then a guess."""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import charset_normalizer

from imports.engine.refusal import FileRefused

# Codec → label; the first is what everybody should use.
ENCODINGS: dict[str, str] = {
    "utf-8": "Unicode (UTF-8)",
    "utf-16-le": "Unicode (UTF-16, little endian)",
    "utf-16-be": "Unicode (UTF-16, big endian)",
    "gb18030": "Chinese (GB18030, GBK)",
    "cp1250": "Central European (Windows-1250)",
    "cp1251": "Cyrillic (Windows-1251)",
    "cp1252": "Western European (Windows-1252)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "cp1257": "Baltic (Windows-1257)",
    "cp1258": "Vietnamese (Windows-1258)",
    "latin-1": "Western European (ISO 8859-1)",
}
# Of encodings that fit equally well, the one that most files of spreadsheets are in.
COMMONEST = "cp1252"
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
BYTE_ORDER_MARK = "\ufeff"
# What undecodable bytes become: half characters, which no text contains. The row they are in is refused.
MARK = "user360-mark"
MARKED = re.compile("[\udc00-\udcff]")
UNREADABLE = "\ufffd"
_SAMPLE_BYTES = 2**18
_LOOK_BYTES = 2**16
_MAGIC = {
    b"PK\x03\x04": "This is an Excel workbook or a ZIP archive; save the table as CSV and upload that.",
    b"\xd0\xcf\x11\xe0": "This is an Excel workbook of the old kind; save the table as CSV and upload that.",
    b"%PDF": "This is a PDF document; export the table as CSV and upload that.",
}
NOT_TEXT = "This is not a text file, so there is no table to read in it."
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b\x1a")


def _mark_undecodable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(MARK, _mark_undecodable)


@dataclass(frozen=True)
class Detected:
    """The encoding, and how many bytes of the file are not written in it."""

    encoding: str
    foreign_bytes: int = 0


def detect(chunks: Iterable[bytes]) -> Detected:
    """Reads the whole file. Raises FileRefused for an empty one and for what is not text."""
    stream = iter(chunks)
    first = next(stream, b"")
    if not first:
        raise FileRefused("The file is empty.")
    _refuse_binary(first)
    wide = _wide_encoding(first)
    if wide is None and first[:_LOOK_BYTES].translate(None, _CONTROLS + b"\0") == b"":
        raise FileRefused(NOT_TEXT)
    scan = _Utf8Scan()
    scan.read(first)
    for chunk in stream:
        # The rest is read in any case: a gzip that is cut off shows at its end.
        if wide is None:
            scan.read(chunk)
    if wide is not None:
        return Detected(wide)
    scan.read(b"", final=True)
    if scan.foreign == 0 or scan.valid >= scan.foreign:
        return Detected("utf-8", scan.foreign)
    return Detected(_guess(bytes(scan.sample)))


def decoded(chunks: Iterable[bytes], encoding: str) -> Iterator[str]:
    """The text in pieces, without byte order mark; undecodable bytes are marked."""
    decoder = codecs.getincrementaldecoder(encoding)(MARK)
    begun = False
    for chunk in chunks:
        text = decoder.decode(chunk)
        if not begun and text:
            begun = True
            text = text.removeprefix(BYTE_ORDER_MARK)
        if text:
            yield text
    if last := decoder.decode(b"", final=True):
        yield last


def _refuse_binary(first: bytes) -> None:
    for magic, sentence in _MAGIC.items():
        if first.startswith(magic):
            raise FileRefused(sentence)
    if _wide_encoding(first):
        return
    look = first[:_LOOK_BYTES]
    controls = len(look) - len(look.translate(None, _CONTROLS))
    if controls * 50 > len(look) and controls > 1:
        raise FileRefused(NOT_TEXT)


def _wide_encoding(first: bytes) -> str | None:
    """The encoding that a byte order mark or the zero bytes of UTF-16 give away."""
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if first.startswith(mark):
            return None if encoding == "utf-8" else encoding
    look = first[: _LOOK_BYTES // 2 * 2]
    pairs = len(look) // 2
    high, low = look[0::2].count(0), look[1::2].count(0)
    if pairs and low > pairs // 3 and high < pairs // 20:
        return "utf-16-le"
    if pairs and high > pairs // 3 and low < pairs // 20:
        return "utf-16-be"
    return None


class _Utf8Scan:
    """How much of a file is UTF-8, and a sample of what is not ASCII for the guess."""

    def __init__(self) -> None:
        self.valid = 0
        self.foreign = 0
        self.sample = bytearray()
        self._decoder = codecs.getincrementaldecoder("utf-8")(MARK)

    def read(self, chunk: bytes, *, final: bool = False) -> None:
        text = self._decoder.decode(chunk, final)
        if text.isascii():
            return
        foreign = len(MARKED.findall(text))
        self.foreign += foreign
        # Bytes beyond one a character: at least one for each character outside ASCII, two for each mark.
        self.valid += len(text.encode("utf-8", "surrogatepass")) - len(text) - 2 * foreign
        if len(self.sample) < _SAMPLE_BYTES:
            self.sample += b"\n".join(line for line in chunk.splitlines() if not line.isascii())[:_SAMPLE_BYTES]


def _guess(sample: bytes) -> str:
    isolated = [name.replace("-", "_") for name in ENCODINGS if not name.startswith("utf")]
    matches = charset_normalizer.from_bytes(sample, cp_isolation=isolated)
    best = matches.best()
    if best is None:
        return COMMONEST
    known = {codecs.lookup(name).name: name for name in ENCODINGS}
    tied = [match for match in matches if (match.chaos, match.coherence) == (best.chaos, best.coherence)]
    possible = {known.get(codecs.lookup(name).name) for match in tied for name in match.could_be_from_charset}
    return COMMONEST if COMMONEST in possible else known.get(codecs.lookup(best.encoding).name, COMMONEST)
