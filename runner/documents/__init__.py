"""Documents: kinds that owners describe, filled from a case, typeset, and kept as revisions."""
