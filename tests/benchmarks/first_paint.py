"""How long from the start of the process to the first paint, against a bare PySide6 window.

    python tests/benchmarks/first_paint.py [--runs 15]

Both kinds of process are started in turn, so that what else the machine does burdens both
alike. A window counts as painted when its paint event has been through. The frame with menu,
bars and rail is painted first; panes and columns follow, and are measured too.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parents[2]
GOAL = 1.5
CLOCK = """
import time, sys
from PySide6.QtCore import QEvent, QObject
class Painted(QObject):
    seen = 0
    def eventFilter(self, target, event):
        Painted.seen += event.type() == QEvent.Type.Paint
        return False
def painted():
    now = time.time()
    assert Painted.seen, "nothing was painted"
    Painted.seen = 0
    print(now, time.process_time())
"""
BARE = CLOCK + """
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
app = QApplication([])
eye = Painted()
app.installEventFilter(eye)
window = QMainWindow()
window.setCentralWidget(QLabel("A window"))
window.resize(1440, 900)
window.show()
app.processEvents()
painted()
"""
OURS = CLOCK + """
import desktop.app as app
eye = Painted()
def first_paint(qapp, *given, paint=app.first_paint):
    qapp.installEventFilter(eye)
    window = paint(qapp, *given)
    painted()
    return window
def run(qapp, *given):
    qapp.processEvents()
    painted()
    return 0
app.first_paint, app.run = first_paint, run
app.main(None)
"""


def moments(code: str, data: str) -> list[tuple[float, float]]:
    """Seconds since the start of the process, and of processor time, at each paint."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "STRATEGY_EXPLORER_DATA_DIR": data}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    started = time.time()
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True,
                          text=True, check=True, cwd=data)
    rows = [line.split() for line in done.stdout.splitlines()]
    return [(float(now) - started, float(processor)) for now, processor in rows]


def told(name: str, paints: list[tuple[float, float]], bare: list[tuple[float, float]]) -> float:
    """Print a row; gives the ratio of times to the bare window of the same pair."""
    ratios = [median(a[i] / b[i] for a, b in zip(paints, bare, strict=True)) for i in (0, 1)]
    low, middle, high = quantiles([seconds for seconds, _ in paints], n=4)
    print(f"{name:30} {middle:.3f} s (half of them {low:.3f} to {high:.3f}), ratio "
          f"{ratios[0]:.2f}; processor {median(p for _, p in paints):.3f} s, "
          f"ratio {ratios[1]:.2f}")
    return ratios[0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    bare, frame, whole = [], [], []
    with tempfile.TemporaryDirectory() as data:
        for code in (BARE, OURS):
            moments(code, data)  # compiled and cached, as on every start but the first
        for _ in range(runs):
            bare += moments(BARE, data)
            first, second = moments(OURS, data)
            frame.append(first)
            whole.append(second)
    told("bare PySide6 window", bare, bare)
    ratio = told("first paint, the frame", frame, bare)
    told("then panes and columns", whole, bare)
    print(f"first paint: {ratio:.2f} times a bare window, median of {runs} pairs "
          f"(goal: at most {GOAL})")
    return 0 if ratio <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
