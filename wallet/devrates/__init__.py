"""A rate server for development and tests, in the format of Upbit and Bithumb.

Fixed prices that can be set, and every fault a source may have. Knows no models and no settings.
"""
