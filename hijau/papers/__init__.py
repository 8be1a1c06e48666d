"""What goes on paper: kinds, templates, letterhead; PDF, DOCX and packs."""
