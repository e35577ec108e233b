"""Facts from outside the directory: event logs, SMTP dialogues and logs, registries."""
