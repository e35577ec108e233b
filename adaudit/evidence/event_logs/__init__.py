"""Event logs: .evt and .evtx files, and what event viewers export of them."""
