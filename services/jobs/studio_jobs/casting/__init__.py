"""Who plays whom, and where: a project's cast and locations as edited, and first names that tell a voice."""
