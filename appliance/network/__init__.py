"""The neural network, in numpy alone."""
