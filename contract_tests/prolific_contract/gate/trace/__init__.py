"""Recorded conversations: exchanges as plain values, and HAR files of them."""
