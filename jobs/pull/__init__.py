"""New submissions of a form server into landing; what happens to them there is not asked here."""
