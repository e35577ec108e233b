from sam import Sam


def populate(sam: Sam) -> None: ...
