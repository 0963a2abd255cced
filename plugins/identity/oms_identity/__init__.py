"""The tenant tree (chain, brands, locations) and the roles that a chain makes for itself."""
