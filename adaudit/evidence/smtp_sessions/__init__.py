"""SMTP sessions as protocol logs and packet captures show them."""
