"""The commands by what they are for; each only calls the library and writes what it gives."""
