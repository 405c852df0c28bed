"""Curves of a job: what is drawn, and what is said to those who cannot see it."""

from __future__ import annotations

from desktop.core.plots import Line, Words
from desktop.core.plots.curves import TRAINING, VALIDATION, curves_picture, series
from desktop.core.tuning import Checkpoint, MetricsPoint

POINTS = [MetricsPoint(step, 2 - step / 20, 0.5, *((1.9 - step / 30, 0.4) if step % 5 == 0 else ()))
          for step in range(1, 31)]


def texts(measure: str = "loss", width: float = 760, total: int | None = 60) -> list[str]:
    picture = curves_picture(POINTS, [Checkpoint("c", "m", 10), Checkpoint("d", "m", 20)],
                             measure, width, total)  # type: ignore[arg-type]
    return [shape.text for shape in picture.shapes if isinstance(shape, Words)]


def test_both_lines_end_in_their_name_and_value() -> None:
    assert {"training 0.50", "validation 0.90", "checkpoint 1", "checkpoint 2", "60"} <= set(
        texts())
    assert "1" in texts("accuracy") and "training 0.50" in texts("accuracy")


def test_lines_stay_inside_and_are_not_told_by_hue_alone() -> None:
    picture = curves_picture(POINTS, (), "loss", 400, None)
    curves = {shape.role: shape for shape in picture.shapes
              if isinstance(shape, Line) and shape.width == 2}
    assert set(curves) == {TRAINING, VALIDATION}
    assert curves[VALIDATION].dashed and not curves[TRAINING].dashed
    assert all(0 <= x <= 400 and 0 <= y <= picture.height
               for line in curves.values() for x, y in line.points)
    assert "Training loss from 1.95 to 0.50 at step 30" in picture.words


def test_nothing_measured_is_no_picture() -> None:
    assert curves_picture([], (), "loss", 400).height == 0
    assert curves_picture([MetricsPoint(1, 0.5)], (), "accuracy", 400).height == 0


def test_a_validation_file_measured_as_a_whole_has_a_line_too() -> None:
    points = [MetricsPoint(1, 0.9), MetricsPoint(2, 0.8, full_valid_loss=1.0)]
    assert series(points, "loss")[1] == [(2, 1.0)]


def test_ten_thousand_steps_are_drawn_by_means_and_the_axis_says_so() -> None:
    many = [MetricsPoint(step, 1.0 + step % 2) for step in range(1, 10_001)]
    picture = curves_picture(many, (), "loss", 600)
    [curve] = [shape for shape in picture.shapes if isinstance(shape, Line) and shape.width == 2]
    assert len(curve.points) <= 150
    assert len({y for _, y in curve.points[:-1]}) <= 2, "the ups and downs of batches are gone"
    assert any("means of 67" in shape.text for shape in picture.shapes
               if isinstance(shape, Words))
