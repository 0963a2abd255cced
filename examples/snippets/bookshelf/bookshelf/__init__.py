"""A library of books over REST and gRPC, without plugins and without a database."""
