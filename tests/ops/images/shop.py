"""The command `images` on a shop with two services, whose account and registry are the emulator's."""

from pathlib import Path

from typer.testing import CliRunner, Result

from analysis import stack_file
from ops.__main__ import app

PROJECT = Path(__file__).resolve().parents[3]
HOST = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com"
SERVICES = ("backend-api", "frontend-web")


def images(*words: str, ok: bool = True) -> Result:
    result = CliRunner().invoke(app, ["images", *words])
    assert (result.exit_code == 0) == ok, result.output
    assert not isinstance(result.exception, Exception) or isinstance(result.exception, SystemExit)
    return result


def image(stack: str, service: str) -> str:
    return stack_file.settings(stack)["openmarket:services"][service]["image"]
