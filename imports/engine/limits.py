"""How large a file and its parts may be. Beyond a limit the person gets a sentence, never a full memory or disk."""

MAX_FILE_BYTES = 2 * 2**30
MAX_ROWS = 10_000_000
MAX_COLUMNS = 1_000
MAX_RECORD_CHARACTERS = 2**20
# A table of text packs ten to fifty times; far beyond that somebody means harm, or the file is one repeated byte.
MAX_UNPACK_RATIO = 200
HARMLESS_UNPACKED_BYTES = 100 * 2**20
CHUNK_BYTES = 256 * 2**10
SAMPLE_VALUES = 5
