"""What a brand sells, and what each location charges for it today."""
