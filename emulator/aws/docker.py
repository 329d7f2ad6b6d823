"""The `docker` command on the emulator's PATH: builds nothing, but pushes a digest of the source to the simulated ECR.

Only what `python -m ops images` runs. A file `emulator-findings.json` in the context, a list of findings as ECR answers
them, is what scans of the image find. A folder `emulator-files` there is what the image has in its file system, for a
`COPY --from` of it into a tar archive.
"""

import argparse
import base64
import hashlib
import io
import json
import re
import sys
import tarfile
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from emulator.aws import images
from emulator.plugins.provider import ProviderError
from emulator.store import Store

FINDINGS, FILES = "emulator-findings.json", "emulator-files"
_COPY = re.compile(r"FROM scratch\nCOPY --from=(\S+) (\S+) /\n")
_HELP = "docker (emulator): it knows login, buildx build, buildx imagetools create and buildx imagetools inspect"


class DockerError(Exception):
    """An error that docker would report; the message says why."""


def main(words: Sequence[str]) -> int:
    """Run one command, and answer the exit code."""
    try:
        match words:
            case ["login", *_]:
                sys.stdin.read()
                print("Login Succeeded (simulated)")
            case ["buildx", "build", *rest] if rest[-1] == "-":
                _export(_parse(rest), sys.stdin.read())
            case ["buildx", "build", *rest]:
                _build(_parse(rest))
            case ["buildx", "imagetools", "create", *rest]:
                _copy(_parse(rest))
            case ["buildx", "imagetools", "inspect", *rest]:
                _inspect(_parse(rest))
            case _:
                raise DockerError(_HELP)
    except (DockerError, LookupError, ProviderError) as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return 1
    return 0


def _parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="docker", allow_abbrev=False)
    parser.add_argument("source")
    parser.add_argument("--tag", action="append", default=[])
    parser.add_argument("--push", action="store_true")
    parser.add_argument("--raw", action="store_true")
    parser.add_argument("--prefer-index", choices=["false"])
    parser.add_argument("--provenance", choices=["false"])
    for option in ("file", "platform", "metadata-file", "format", "output"):
        parser.add_argument(f"--{option}", default="")
    return parser.parse_args(words)


def _build(arguments: argparse.Namespace) -> None:
    context, dockerfile = Path(arguments.source), Path(arguments.file)
    if not dockerfile.is_file():
        raise DockerError(f"failed to read dockerfile: open {dockerfile}: no such file or directory")
    digest = _digest(context, arguments.platform)
    print(f"simulated: {context} for {arguments.platform} is {digest}; nothing was built")
    if not arguments.push:
        return
    findings = json.loads((context / FINDINGS).read_text()) if (context / FINDINGS).exists() else []
    by_repository: dict[str, list[str]] = {}
    for name in arguments.tag:
        repository, tag = _parts(name)
        by_repository.setdefault(repository, []).append(tag)
    for repository, tags in by_repository.items():
        images.put(Store(), repository, digest, tags, {"findings": findings, "files": _files(context / FILES)})
    if arguments.metadata_file:
        Path(arguments.metadata_file).write_text(json.dumps({"containerimage.digest": digest}))


def _files(folder: Path) -> dict[str, str]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {f"/{path.relative_to(folder)}": base64.b64encode(path.read_bytes()).decode() for path in found}


def _export(arguments: argparse.Namespace, dockerfile: str) -> None:
    """Write what a folder of an image has, which may be nothing, to a tar archive."""
    copy, archive = _COPY.fullmatch(dockerfile), arguments.output.removeprefix("type=tar,dest=")
    if copy is None or archive == arguments.output:
        raise DockerError("it builds one `COPY --from` an image into `FROM scratch`, with --output type=tar,dest=")
    image = images.found(Store(), *_parts(copy[1]))
    if image is None:
        raise DockerError(f"{copy[1]}: not found")
    with tarfile.open(archive, "w") as tar:
        for path, content in (image.outputs.get("files") or {}).items():
            # The pattern is a folder's, which matches as many parts of a path as it has itself.
            parts = path.split("/")
            depth = len(copy[2].split("/"))
            if fnmatchcase("/".join(parts[:depth]), copy[2]):
                entry = tarfile.TarInfo("/".join(parts[depth:]))
                decoded = base64.b64decode(content)
                entry.size = len(decoded)
                tar.addfile(entry, io.BytesIO(decoded))


def _copy(arguments: argparse.Namespace) -> None:
    repository, reference = _parts(arguments.source)
    source = images.found(Store(), repository, reference)
    if source is None:
        raise DockerError(f"{arguments.source}: not found")
    for name in arguments.tag:
        target, tag = _parts(name)
        images.put(Store(), target, source.outputs["digest"], [tag], source.outputs)


def _inspect(arguments: argparse.Namespace) -> None:
    repository, reference = _parts(arguments.source)
    image = images.found(Store(), repository, reference)
    if image is None:
        raise DockerError(f"{arguments.source}: not found")
    # As an image for one platform: what is behind an index has no digest of its own here.
    print(json.dumps({"schemaVersion": 2, "config": {}}) if arguments.raw else image.outputs["digest"])


def _digest(context: Path, platform: str) -> str:
    """A digest of everything in the context, and of the platforms that it is built for."""
    found = hashlib.sha256(platform.encode())
    for file in sorted(path for path in context.rglob("*") if path.is_file() and ".git" not in path.parts):
        found.update(str(file.relative_to(context)).encode() + b"\0" + file.read_bytes())
    return f"sha256:{found.hexdigest()}"


def _parts(name: str) -> tuple[str, str]:
    """Repository, and tag or digest, of an image's full name."""
    path = name.partition("/")[2]
    repository, separator, digest = path.partition("@")
    return (repository, digest) if separator else tuple(path.rsplit(":", 1))  # pyright: ignore[reportReturnType]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
