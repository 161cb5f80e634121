"""What every service of Film Studio needs and that knows no film."""
