"""From findings into a form that people or programs read."""
