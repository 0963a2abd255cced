"""Harbor Table: a small chain that lives on OMS, with guests, cooks and a counter who use only its API."""
