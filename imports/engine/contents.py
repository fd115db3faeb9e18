"""The bytes of a stored file, unpacked, in chunks; and whether they are still the bytes that were uploaded."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator

from django.db.models.fields.files import FieldFile

from imports.engine.limits import CHUNK_BYTES, HARMLESS_UNPACKED_BYTES, MAX_UNPACK_RATIO
from imports.engine.refusal import FileRefused

GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib's word for "with a gzip header"
CHANGED = "The stored file is no longer the one that was uploaded; upload it again."


class Contents:
    """One pass over a file. `sha256`, that of the stored bytes, and the sizes are complete after the last chunk."""

    def __init__(self, file: FieldFile) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.packed_bytes = self.unpacked_bytes = 0

    @property
    def sha256(self) -> str:
        """The digest of the bytes read so far."""
        return self._digest.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        """The unpacked bytes in chunks. Raises FileRefused for a damaged, cut off or harmful gzip."""
        packed = self._packed()
        first = next(packed, b"")
        pieces = _unpacked(first, packed, self) if first.startswith(GZIP_MAGIC) else _rejoined(first, packed)
        for piece in pieces:
            self.unpacked_bytes += len(piece)
            yield piece

    def verify(self, sha256: str) -> None:
        """Raises FileRefused unless these were the bytes with this digest."""
        if self.sha256 != sha256:
            raise FileRefused(CHANGED)

    def _packed(self) -> Iterator[bytes]:
        try:
            with self._file.storage.open(str(self._file.name), "rb") as opened:
                while chunk := opened.read(CHUNK_BYTES):
                    self._digest.update(chunk)
                    self.packed_bytes += len(chunk)
                    yield chunk
        except FileNotFoundError as error:
            raise FileRefused("The stored file is gone; upload it again.") from error


def _rejoined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _unpacked(first: bytes, rest: Iterator[bytes], contents: Contents) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(_GZIP_WINDOW)
    unpacked = 0
    for chunk in _rejoined(first, rest):
        packed = chunk
        while packed:
            try:
                piece = unpacker.decompress(packed, CHUNK_BYTES)
            except zlib.error as error:
                raise FileRefused("The gzip file is damaged and cannot be unpacked.") from error
            unpacked += len(piece)
            if unpacked > max(HARMLESS_UNPACKED_BYTES, MAX_UNPACK_RATIO * contents.packed_bytes):
                raise FileRefused(f"The gzip file unpacks to more than {MAX_UNPACK_RATIO} times its size.")
            if piece:
                yield piece
            packed = unpacker.unconsumed_tail
            if unpacker.eof:
                # A gzip file may be several packed files one after the other; zeros may fill it up.
                packed = unpacker.unused_data.lstrip(b"\0")
                unpacker = zlib.decompressobj(_GZIP_WINDOW) if packed else unpacker
    if not unpacker.eof:
        raise FileRefused("The gzip file is cut off: it ends in the middle.")
