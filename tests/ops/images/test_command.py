"""Images go from source to stack file: against the emulator's registry, and as a rehearsal against nothing."""

import json
import re
from pathlib import Path

import pytest
import yaml

from ops.images import registry
from tests.ops.images.shop import HOST, PROJECT, SERVICES, image, images


def test_deploy_writes_digests_and_nothing_else(project: Path) -> None:
    before = (project / "Pulumi.dev.yaml").read_text()
    images("deploy", "all", "--stack", "dev")
    after = (project / "Pulumi.dev.yaml").read_text()
    changed = [line for line in after.splitlines() if line not in before.splitlines()]
    assert len(changed) == 2
    for service in SERVICES:
        assert re.fullmatch(rf"{HOST}/openmarket-dev/{service}@sha256:[0-9a-f]{{64}}", image("dev", service))
    assert [line for line in after.splitlines() if "image:" not in line] == [
        line for line in before.splitlines() if "image:" not in line
    ]


def test_the_same_commit_is_pushed_once(project: Path) -> None:
    images("push", "backend")
    again = images("push", "backend").output
    assert "is already pushed" in again
    # The moving tag follows even then: an older commit may be what is pushed again.
    assert f"--tag {HOST}/openmarket-dev/backend-api:dev-latest" in again


def test_a_short_name_is_one_service(project: Path) -> None:
    images("deploy", "frontend")
    assert image("dev", "frontend-web") != ""
    assert image("dev", "backend-api") == ""


def test_findings_stop_a_deployment_before_any_file_changes(project: Path) -> None:
    finding = {
        "name": "CVE-2026-1",
        "severity": "CRITICAL",
        "attributes": [{"key": "package_name", "value": "openssl"}],
    }
    mild = {"name": "CVE-2026-2", "severity": "LOW", "attributes": []}
    backend = project.parent / "openmarket" / "backend"
    (backend / "emulator-findings.json").write_text(json.dumps([mild, finding]))
    before = (project / "Pulumi.dev.yaml").read_text()
    result = images("deploy", "all", "--tag", "v1", ok=False)
    assert "CVE-2026-1" in result.output
    assert "openssl" in result.output
    assert "CVE-2026-2" not in result.output
    assert (project / "Pulumi.dev.yaml").read_text() == before


@pytest.mark.parametrize(("threshold", "stopped"), [("CRITICAL", False), ("HIGH", True), ("LOW", True)])
def test_the_threshold_is_configuration(project: Path, threshold: str, stopped: bool) -> None:
    file = project / "Pulumi.dev.yaml"
    file.write_text(file.read_text().replace("refuseFindings: HIGH", f"refuseFindings: {threshold}"))
    finding = {"name": "CVE-2026-1", "severity": "HIGH", "attributes": []}
    (project.parent / "openmarket/backend/emulator-findings.json").write_text(json.dumps([finding]))
    images("deploy", "backend", "--tag", "v1", ok=not stopped)


@pytest.mark.parametrize(("until", "stopped"), [("2999-12-31", False), ("2026-01-31", True)])
def test_a_finding_is_accepted_until_its_last_day(project: Path, until: str, stopped: bool) -> None:
    file = project / "Pulumi.dev.yaml"
    entry = f"[{{name: CVE-2026-1, reason: not reached, until: {until}}}]"
    file.write_text(file.read_text().replace("acceptedFindings: []", f"acceptedFindings: {entry}"))
    finding = {"name": "CVE-2026-1", "severity": "CRITICAL", "attributes": []}
    (project.parent / "openmarket/backend/emulator-findings.json").write_text(json.dumps([finding]))
    images("deploy", "backend", "--tag", "v1", ok=not stopped)


def test_promotion_copies_the_digest(project: Path) -> None:
    images("deploy", "all")
    images("promote", "--from", "dev", "--to", "staging")
    for service in SERVICES:
        assert image("staging", service) == image("dev", service).replace("openmarket-dev", "openmarket-staging")
    assert "already" in images("promote", "--from", "dev", "--to", "staging").output


def test_promotion_pairs_services_by_name(project: Path) -> None:
    images("deploy", "all")
    file = project / "Pulumi.staging.yaml"
    # The same stanzas in another order.
    document = yaml.safe_load(file.read_text())
    services = document["config"]["openmarket:services"]
    document["config"]["openmarket:services"] = dict(reversed(services.items()))
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    images("promote", "--from", "dev", "--to", "staging")
    for service in SERVICES:
        assert image("staging", service) == image("dev", service).replace("openmarket-dev", "openmarket-staging")


def test_promotion_leaves_out_what_one_stack_has_alone(project: Path) -> None:
    images("deploy", "all")
    file = project / "Pulumi.staging.yaml"
    document = yaml.safe_load(file.read_text())
    services = document["config"]["openmarket:services"]
    services["worker"] = services.pop("backend-api")
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    said = images("promote", "--from", "dev", "--to", "staging").output
    assert "backend-api is left out, as only dev has it" in said
    assert "worker is left out, as only staging has it" in said
    assert image("staging", "frontend-web") == image("dev", "frontend-web").replace("-dev", "-staging")
    one = images("promote", "backend", "--from", "dev", "--to", "staging", ok=False).output
    assert "backend-api: dev has it and staging does not" in one
    other = images("promote", "worker", "--from", "dev", "--to", "staging", ok=False).output
    assert "nor one of the services of Pulumi.dev.yaml: frontend-web, backend-api" in other


def test_a_stack_is_not_promoted_to_itself(project: Path) -> None:
    result = images("promote", "--from", "dev", "--to", "dev", ok=False)
    assert "--from dev --to dev: an image is promoted to another stack" in result.output


@pytest.mark.parametrize("tag", ["dev-latest", "prod-latest", "a b"])
@pytest.mark.parametrize("command", ["build", "push", "deploy"])
def test_a_wrong_tag_is_refused_before_anything_runs(project: Path, command: str, tag: str) -> None:
    images("push", "backend")
    for options in ((), ("--dry-run",)):
        said = images(command, "backend", "--tag", tag, *options, ok=False).output
        assert said.startswith(f"Error: --tag {tag!r}:")


@pytest.mark.parametrize("command", ["push", "deploy"])
def test_an_unknown_service_is_reported_before_the_login(project: Path, command: str) -> None:
    assert "docker login" not in images(command, "nothing", ok=False).output


@pytest.mark.parametrize("command", ["build", "deploy"])
def test_a_missing_region_is_named(project: Path, command: str) -> None:
    file = project / "Pulumi.dev.yaml"
    file.write_text(re.sub("aws:region:.*", "", file.read_text()))
    assert "Pulumi.dev.yaml needs aws:region" in images(command, "all", ok=False).output


@pytest.mark.parametrize("content", [b"config: []", b"config:", b"config: \xff"])
def test_a_file_without_settings_is_named(project: Path, content: bytes) -> None:
    (project / "Pulumi.dev.yaml").write_bytes(content)
    assert "Pulumi.dev.yaml has no config" in images("build", "all", ok=False).output


def test_a_placeholder_is_not_promoted(project: Path) -> None:
    result = images("promote", "--from", "dev", "--to", "staging", ok=False)
    assert "dev runs a placeholder, which has no digest to promote: `images deploy" in result.output


def test_changes_that_no_commit_has_need_a_tag(project: Path) -> None:
    (project.parent / "openmarket/backend/new").write_text("x")
    assert "has uncommitted changes" in images("push", "backend", ok=False).output
    images("push", "backend", "--tag", "try-1")


def test_an_immutable_tag_is_not_moved(project: Path) -> None:
    images("push", "backend", "--tag", "v1")
    (project.parent / "openmarket/backend/Dockerfile").write_text("FROM other\n")
    # Same tag, other content: the digest that is there stays, and that is said.
    assert "v1 is already pushed" in images("push", "backend", "--tag", "v1").output


def test_a_rehearsal_shows_every_command_and_runs_none(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    before = (project / "Pulumi.dev.yaml").read_text()
    shown = images("deploy", "backend", "--dry-run", "--tag", "1.0").output
    assert (project / "Pulumi.dev.yaml").read_text() == before
    lines = [line for line in shown.splitlines() if line.startswith("$ ")]
    assert [" ".join(line.split()[1:4]) for line in lines] == [
        "aws ecr get-login-password",
        "aws ecr describe-images",
        "docker buildx build",
        "docker buildx imagetools",
        "aws ecr describe-image-scan-findings",
    ]
    assert "--platform linux/arm64" in shown
    assert "'<account>.dkr.ecr.ap-northeast-2.amazonaws.com/openmarket-dev/backend-api:dev-latest'" in shown
    assert "docker login --username AWS --password-stdin" in shown


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
@pytest.mark.parametrize("command", ["build", "push", "deploy"])
def test_a_source_that_is_not_there_is_told_before_anything_runs(
    project: Path, command: str, options: tuple[str, ...]
) -> None:
    names = "which openmarket:services.backend-api.build in Pulumi.dev.yaml names"
    folder = project.parent / "openmarket" / "backend"
    (folder / "Dockerfile").unlink()
    # `all` has another service before it, whose source is there.
    said = images(command, "all", *options, ok=False).output
    assert said == f"Error: backend-api: there is no {folder / 'Dockerfile'}, {names}\n"
    folder.rmdir()
    said = images(command, "backend", *options, ok=False).output
    assert said == f"Error: backend-api: there is no {folder}, {names}\n"


def test_a_release_that_is_pushed_needs_no_source(project: Path) -> None:
    images("push", "backend", "--tag", "v1")
    (project.parent / "openmarket/backend/Dockerfile").unlink()
    assert "v1 is already pushed" in images("deploy", "backend", "--tag", "v1").output
    shown = images("deploy", "backend", "--tag", "v1", "--dry-run").output
    assert "this works only if v1 is pushed already" in shown.splitlines()[0]
    assert "openmarket:services.backend-api.build" in images("deploy", "backend", "--tag", "v2", ok=False).output


@pytest.mark.parametrize("word", ["nothing", "api", ""])
def test_an_unknown_service_is_refused(project: Path, word: str) -> None:
    assert (
        "nor one of the services of Pulumi.dev.yaml: frontend-web, backend-api"
        in images("build", word, ok=False).output
    )


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("refuseFindings: HIGH", "refuseFindings: SEVERE", "openmarket:images.refuseFindings is SEVERE"),
        ("acceptedFindings: []", "acceptedFindings: [CVE-1]", "openmarket:images.acceptedFindings[0] is CVE-1"),
        ("dockerfile: Dockerfile", "file: Dockerfile", "openmarket:services.frontend-web.build.file is Dockerfile"),
        ("architecture: arm64", "architecture: arm", "openmarket:cluster.nodeGroups.general.architecture is arm"),
    ],
)
def test_wrong_settings_are_named(project: Path, right: str, wrong: str, said: str) -> None:
    file = project / "Pulumi.dev.yaml"
    file.write_text(file.read_text().replace(right, wrong))
    assert said in images("deploy", "all", ok=False).output


def test_a_missing_source_and_repository_are_explained(project: Path) -> None:
    assert "RepositoryNotFoundException" in images("push", "backend", "--stack", "prod", "--tag", "v1", ok=False).output
    (project.parent / "openmarket/backend/Dockerfile").unlink()
    assert "openmarket:services.backend-api.build in Pulumi.dev.yaml" in images("build", "backend", ok=False).output


def test_every_platform_behind_an_index_is_scanned() -> None:
    index = {
        "manifests": [
            {"digest": "sha256:arm", "platform": {"os": "linux", "architecture": "arm64"}},
            {"digest": "sha256:amd", "platform": {"os": "linux", "architecture": "amd64"}},
            {"digest": "sha256:proof", "platform": {"os": "unknown", "architecture": "unknown"}},
        ]
    }

    class Answering(registry.Commands):
        def json_output(self, *words: str, substitute: object) -> object:
            return index

    found = registry.Registry(Answering(PROJECT, False), "1", "r").platforms("repository", "sha256:index")
    assert found == ["sha256:arm", "sha256:amd"]
