"""The words of a check on screen: a chip of one or two, and a message in two parts."""

from __future__ import annotations

from ...core.types import DatasetIssue, Example
from ..tokens import Tone

_WORDS = {
    "invalid_json": "Not JSON", "data_type": "Not an object", "not_utf8": "Not UTF-8",
    "too_deep": "Too deep", "missing_messages_list": "No messages",
    "message_type": "Not a message", "message_missing_key": "Key missing",
    "message_unrecognized_key": "Unknown key", "unrecognized_key": "Unknown key",
    "unrecognized_role": "Unknown role", "weight_role": "Weight", "weight_value": "Weight",
    "name_shape": "Name", "missing_content": "Empty message", "content_type": "Not text",
    "content_part": "Content part", "image_in_assistant": "Image in answer",
    "tool_calls_role": "Tool call", "tool_call_shape": "Tool call", "tool_arguments": "Tool call",
    "tool_call_id": "Tool call", "tool_call_unanswered": "Tool call", "function_name": "Tool call",
    "tools_shape": "Tools", "example_missing_user_message": "No question",
    "example_missing_assistant_message": "No answer", "last_not_assistant": "No answer",
    "nothing_to_learn": "Weight 0", "input_answered": "Answered",
    "missing_output": "Output missing", "mixed_format": "Other format",
    "control_characters": "Characters", "system_not_first": "System later",
    "near_duplicate": "Near duplicate", "personal_data": "Personal data", "secret": "Secret",
    "format_drift": "Other form", "language_mix": "Language", "system_differs": "System message",
    "identical_messages": "Said twice", "unknown_tool": "Tools", "too_long": "Too long",
    "in_evaluation": "In evaluation",
}
# What a kind of issue is called where many lines have it.
_KINDS = {
    "duplicate": "Duplicates", "near_duplicate": "Near duplicates",
    "contradiction": "Different answers to one question", "personal_data": "Personal data",
    "secret": "Likely secrets", "format_drift": "Answers in another form",
    "system_differs": "System message differs", "language_mix": "Another language",
    "control_characters": "Unprintable characters", "too_long": "Longer than is trained on",
    "missing_content": "Empty messages", "invalid_json": "Lines that are not JSON",
    "last_not_assistant": "The last message is not an answer",
    "example_missing_assistant_message": "No answer", "unrecognized_role": "Unknown roles",
    "message_unrecognized_key": "Unknown keys", "unrecognized_key": "Unknown keys",
    "mixed_format": "Another format", "in_evaluation": "Also evaluated",
}
ICONS = {"error": "x-circle", "warning": "warning"}
TONES: dict[str, Tone] = {"error": "danger", "warning": "warning"}


def check_word(code: str) -> str:
    """A chip's word for a kind of issue."""
    return _WORDS.get(code, code.replace("_", " ").capitalize())


def kind_words(code: str) -> str:
    """A kind of issue as a title."""
    return _KINDS.get(code, check_word(code))


def state_word(example: Example | None) -> str:
    """What the check column says of an example without issues."""
    if example is None or (example.state == "kept" and example.split == "training"):
        return ""
    if example.state == "kept":
        return "Validation"
    return "Proposed" if example.state == "proposed" else "Off"


def place(issue: DatasetIssue) -> str:
    """Where an issue is."""
    return f"Line {issue.line}" if issue.line else "Whole dataset"


def in_two(issue: DatasetIssue) -> tuple[str, str]:
    """What is wrong, and where with what to do."""
    what, _, remedy = issue.message.partition(". ")
    return what.removesuffix("."), f"{place(issue)}. {remedy}".strip()
