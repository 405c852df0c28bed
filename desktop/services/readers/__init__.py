"""One module for each kind of document: bytes in, pages of clean text out.

They run in the reader process only: what they are given may have been made to do harm.
"""
