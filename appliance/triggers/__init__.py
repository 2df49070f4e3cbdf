"""What asks for a reading."""
