"""What Qt's wheels expect of a Linux system, and the packages that bring it."""

from __future__ import annotations

import ctypes

# Library -> (Debian and Ubuntu package, Fedora package). Qt's wheels bring all but these.
LIBRARIES = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
}
X11_LIBRARIES = {
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
}


def missing(needs_x11: bool) -> str:
    """How to install what a window lacks here, as sentences; "" when nothing is missing."""
    wanted = LIBRARIES | (X11_LIBRARIES if needs_x11 else {})
    packages = [found for name, found in wanted.items() if not loads(name)]
    if not packages:
        return ""
    debian = " ".join(dict.fromkeys(first for first, _ in packages))
    fedora = " ".join(dict.fromkeys(second for _, second in packages))
    return (f"On Debian and Ubuntu: sudo apt install {debian}   "
            f"On Fedora: sudo dnf install {fedora}  ")


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
