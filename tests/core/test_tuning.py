"""Orders, states and metrics of fine-tuning jobs."""

from __future__ import annotations

import pytest

from desktop.core.tuning import Hyperparameters, Job, MetricsPoint, Order, check_order, merged


@pytest.mark.parametrize(("order", "words"), [
    (Order(""), "no model"),
    (Order("gpt", suffix="über"), "suffix"),
    (Order("gpt", suffix="a" * 41), "suffix"),
    (Order("gpt", hyperparameters=Hyperparameters(0)), "Epochs"),
    (Order("gpt", hyperparameters=Hyperparameters(batch_size=257)), "Batch size"),
    (Order("gpt", seed=2**31), "seed"),
    (Order("gpt", hyperparameters=Hyperparameters(learning_rate_multiplier=0)), "learning-rate"),
    (Order("gpt", hyperparameters=Hyperparameters(beta=0.1)), "preference jobs only"),
    (Order("gpt", "dpo", Hyperparameters(beta=2.1)), "at most 2"),
])
def test_what_is_wrong_with_an_order_is_said(order: Order, words: str) -> None:
    assert words in check_order(order)


def test_an_order_may_leave_everything_to_the_service() -> None:
    assert check_order(Order("gpt-4.1-mini")) == ""
    assert check_order(Order("gpt", "dpo", Hyperparameters(50, 256, 0.1, 2.0), "a" * 40, 0)) == ""


@pytest.mark.parametrize(("state", "over"), [
    ("succeeded", True), ("Cancelled", True), ("failed", True), ("pending", False),
    ("pausing", False), ("resuming tomorrow", False)])
def test_states_are_an_open_set(state: str, over: bool) -> None:
    assert Job(1, "service", "c", state, Order("gpt")).over is over


def test_metrics_of_a_step_come_together_from_several_places() -> None:
    events = [MetricsPoint(2, train_loss=0.9), MetricsPoint(1, train_loss=1.0)]
    results = [MetricsPoint(2, train_loss=0.91, valid_accuracy=0.5), MetricsPoint(3)]
    assert merged(events, results) == (
        MetricsPoint(1, train_loss=1.0), MetricsPoint(2, train_loss=0.91, valid_accuracy=0.5),
        MetricsPoint(3))
