"""Learning from what the eye really sees: crops of drawn scenes."""
