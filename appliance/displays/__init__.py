"""Where a reading is shown."""
