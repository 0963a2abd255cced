"""What each station has to make: tickets, from the order's acceptance until all of it is ready."""
