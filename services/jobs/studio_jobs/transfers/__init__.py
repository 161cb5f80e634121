"""What a project's film is made of, taken out of a studio and into another."""
