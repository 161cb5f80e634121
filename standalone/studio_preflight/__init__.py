"""Looks at a machine before anything is installed, and names a cure for each fault.

Standard library only, in the syntax of Python 3.6: it must run where Python is too old to install anything.
"""
