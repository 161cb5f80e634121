"""What people edit of a project besides its text: documents by subject, kept in one log."""
