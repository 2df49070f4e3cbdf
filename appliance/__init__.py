"""The handwriting-reading appliance: a camera, a numpy network and a light."""
