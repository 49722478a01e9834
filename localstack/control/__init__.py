"""`make up`, `make down`, `make test`: local AWS as a few processes of yours.

Python's standard library only, because these scripts run before anything is installed.
"""
