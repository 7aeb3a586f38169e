"""Images in an archive and the boxes drawn on them; decoded in the child alone."""
