"""What SMTP servers say to EHLO, asked from where this computer stands."""
