"""What a review of a domain looks at, read off a snapshot: tier 0, delegations, control."""
