"""A comment is about somebody else's branch: no value of it acts, no secret shows, and it always fits."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from analysis.redaction import redacted
from ops.comment.markdown import block, code, prose, row
from ops.comment.review import review
from ops.comment.text import comment
from ops.github_api import LIMIT
from tests.ops.previews import change, preview, state, update, violation

HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from(list("`|<>*_[]()@#!~$&\\\n\r -:/w.\u202e\u200b")), st.characters(codec="utf-8"))
) | st.sampled_from(
    [
        "</details>", "<script>alert(1)</script>", "```\n# boo", "@everyone", "a | b", "[x](http://evil.example)",
        "![x](http://evil.example/x.png)", "<!-- openmarket-preview:prod -->", "http://evil.example", "\\`", "\\|",
    ]
)  # fmt: skip
OURS = re.compile(r"<!-- openmarket-preview:dev -->|</?(details|summary|b|sub)>|<br>")


def tokens(text: str) -> list[Token]:
    parser = MarkdownIt("commonmark").enable("table")
    return [inner for token in parser.parse(text) for inner in (token, *(token.children or []))]


def acting(text: str) -> list[str]:
    """What in a text is more than text of ours."""
    found: list[str] = []
    for token in tokens(text):
        if token.type in ("html_block", "html_inline") and OURS.sub("", token.content).strip() not in (
            "", "Every change, property by property",
        ):  # fmt: skip
            found.append(token.content)
        if token.type in ("link_open", "image"):
            found.append(token.type)
        if token.type == "text" and re.search(r"@\w|\w://|www\.\w|#\d", token.content):
            found.append(token.content)
    return found


@given(HOSTILE)
def test_a_value_is_one_piece(value: str) -> None:
    inner = [token.type for token in tokens(f"a {code(value)} b") if token.type not in ("inline",)]
    assert inner == ["paragraph_open", "text", "code_inline", "text", "paragraph_close"]
    assert [token.content for token in tokens(f"a {code(value)} b") if token.type == "text"] == ["a ", " b"]
    assert acting(f"a {prose(value)} b") == []
    (fence,) = tokens(block([value]))
    assert fence.type == "fence"
    cells = [token for token in tokens("\n".join(["| a | b |", "|---|---|", row((code(value), prose(value)))]))
             if token.type == "td_open"]  # fmt: skip
    assert len(cells) == 2


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_a_hostile_branch_only_has_text(key: str, value: str, message: str) -> None:
    broken = violation(value, message, "mandatory", key)
    seen = preview(
        update("kubernetes:core/v1:ConfigMap", {"data": {key: "old"}}, {"data": {key: value}}, "map"),
        change("delete", state("aws:s3/bucket:Bucket", "bucket", bucket=value), None),
        violations=(broken,),
        errors=(message,),
    )
    text = comment(review(seen))
    assert acting(text) == []
    assert text.startswith("<!-- openmarket-preview:dev -->\n")
    assert text.count("<details>") - sum(each.count("<details>") for each in (key, value, message)) <= 1


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 400), st.integers(1, 4000), st.sampled_from(["x", "ü", "🔴", "`"]), st.integers(0, 200))
def test_a_comment_always_fits(changes: int, length: int, letter: str, violations: int) -> None:
    seen = preview(
        *(update("t:m:T", {"a": ""}, {f"k{number}": letter * length}, f"r{number}") for number in range(changes)),
        violations=tuple(violation("p", letter * length, "advisory", str(number)) for number in range(violations)),
        errors=(letter * length * 100,) if changes % 2 else (),
    )
    text, full = comment(review(seen)), comment(review(seen), limit=None)
    assert len(text.encode()) <= LIMIT
    assert letter * length in full
    if len(full.encode()) > 2 * LIMIT and changes > 300:
        assert text.rstrip().endswith("</sub>")


def test_what_is_cut_is_said() -> None:
    seen = preview(*(update("t:m:T", {"a": "x" * 150}, {"a": "y" * 150}, f"r{number}") for number in range(500)))
    text = comment(review(seen))
    assert re.search(r"\.\.\. and \d+ more, beyond GitHub's limit", text)
    assert acting(text) == []


@pytest.mark.parametrize(
    "value",
    [
        {"masterPassword": "hunter2hunter2"},
        {"env": [{"name": "DB_PASSWORD", "value": "hunter2hunter2"}]},
        {"kind": "Secret", "data": {"x": "hunter2hunter2"}},
        {"text": "password=hunter2hunter2"},
        {"url": "mysql://admin:hunter2hunter2@host/db"},
        {"token": "hunter2hunter2"},
        {"apiKey": "hunter2hunter2"},
    ],
)
def test_what_somebody_forgot_to_call_a_secret_is_hidden(value: dict[str, Any]) -> None:
    assert "hunter2" not in str(redacted(value))
    assert "hunter2" not in comment(review(preview(update("t:m:T", {}, value))))
