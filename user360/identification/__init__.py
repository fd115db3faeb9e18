"""Who is who: identifiers are normalised here, and values that identify nobody are kept out."""
