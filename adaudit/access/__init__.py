"""Who may do what: pure functions over descriptors, tokens and questions."""
