"""The compiled core: flat arrays in, flat arrays out."""
