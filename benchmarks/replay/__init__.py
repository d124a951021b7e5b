"""A live day played against the dispatcher, with everything that goes otherwise than planned."""
