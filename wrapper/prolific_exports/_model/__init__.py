"""Value types that all other packages use, with their validation rules."""
