"""The small runtime that generated contracts stand on.

Nothing here knows a server, a database or a plugin: codecs, errors, and the protocols by which
generated clients and service bases meet whatever carries their messages.
"""
