"""Documents for people: PDF with the Korean font inside, from a template and data."""
