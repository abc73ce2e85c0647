"""Other SPARQL services: asked with manners, answers recorded, and only when the user says so."""
