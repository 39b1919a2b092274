"""What each part of the verdict page shows, taken from the verdict and its evidence, ready for the template."""
