"""What has been read, kept."""
