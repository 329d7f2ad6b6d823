"""How far pip is follows from what it prints."""

from ops.install import Installation

LINES = (
    "Collecting pulumi==3.272.0 (from -r requirements.txt (line 1))",
    "  Downloading pulumi-3.272.0-py3-none-any.whl (394 kB)",
    "Requirement already satisfied: pip in ./lib",
    "Collecting grpcio<2,>=1.68",
)


def test_packages_are_counted_as_they_are_found() -> None:
    state = Installation()
    told: list[str] = []
    for line in LINES:
        state.hears(line)
        told.append(state.progress(unpacked=0))
    assert told[0] == "1 packages found, looking up pulumi"
    assert told[1] == "1 packages found, downloading pulumi-3.272.0-py3-none-any.whl (394 kB)"
    assert told[3] == "2 packages found, looking up grpcio<2,>"


def test_unpacking_is_counted_against_all_of_them() -> None:
    state = Installation()
    for line in (*LINES, "Installing collected packages: grpcio, pulumi"):
        state.hears(line)
    assert state.progress(unpacked=1) == "unpacked 1 of 2 packages"
    # Another process may unpack something as well.
    assert state.progress(unpacked=3) == "unpacked 2 of 2 packages"
