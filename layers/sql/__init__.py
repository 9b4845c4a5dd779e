"""Statements long enough to be programs. functions.sql and grants.sql are applied after each migration (secured.py)."""
