"""Tests against object stores that others wrote; `make interop` installs one and runs them."""
