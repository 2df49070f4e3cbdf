"""Living with the operating system: systemd, files, watchdog."""
