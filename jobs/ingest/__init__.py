"""Landing to raw: take in what arrived, part the good rows from the bad, lose nothing."""
