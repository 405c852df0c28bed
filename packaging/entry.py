"""Where the frozen program starts: PyInstaller wants a script, and the package a parent."""

import sys

from desktop.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
