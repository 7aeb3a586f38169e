"""Checks of images and of the boxes drawn on them."""
