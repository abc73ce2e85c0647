"""Records to text. Nothing here asks the graph; all output is in a fixed order."""
