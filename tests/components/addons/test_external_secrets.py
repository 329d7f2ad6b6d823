"""The External Secrets Operator and its store."""

from copy import deepcopy

import pytest

from tests.components.program import STACKS, Deployed, run_program, stack_file

STORE = "kubernetes:external-secrets.io/v1:ClusterSecretStore"


def test_release(dev: Deployed) -> None:
    release = dev.one("helm.sh/v3:Release", "addons-external-secrets-release").inputs
    assert (release["name"], release["namespace"], release["version"]) == ("external-secrets", "kube-system", "2.9.0")
    assert release["repositoryOpts"] == {"repo": "https://charts.external-secrets.io"}
    assert release["values"]["installCRDs"] is True
    # Without the operator, the kinds and so the Secrets of the shop stay.
    assert release["values"]["crds"]["annotations"] == {"helm.sh/resource-policy": "keep"}
    account = release["values"]["serviceAccount"]
    assert account["name"] == "external-secrets"
    assert ":role/addons-external-secrets-identity-role" in account["annotations"]["eks.amazonaws.com/role-arn"]


@pytest.mark.parametrize("stack", STACKS)
def test_store(stack: str) -> None:
    store = run_program(stack).one(STORE).inputs
    assert store["metadata"]["name"] == "aws-secrets-manager"
    assert store["metadata"]["annotations"]["pulumi.com/waitFor"] == "condition=Ready"
    assert store["spec"] == {
        "provider": {"aws": {"service": "SecretsManager", "region": "ap-northeast-2"}},
        "conditions": [{"namespaces": [f"openmarket-{stack}", *([] if stack == "dev" else ["monitoring"])]}],
    }


def test_the_store_waits_for_its_operator_and_the_operator_for_no_secret(dev: Deployed) -> None:
    assert dev.dependencies("addons-external-secrets-store") == {"addons-external-secrets-release"}
    assert dev.dependencies("addons-external-secrets-release") == {"cluster-coredns"}


def test_a_private_mirror_of_the_chart() -> None:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:chartRepositories"] = {"external-secrets": "https://charts.example.com/eso"}
    release = run_program("dev", settings).one("helm.sh/v3:Release", "addons-external-secrets-release")
    assert release.inputs["repositoryOpts"] == {"repo": "https://charts.example.com/eso"}


@pytest.mark.parametrize(
    "folder", ["oci://registry.example.com:5000/charts", "oci://registry.example.com:5000/charts/"]
)
def test_a_registry_as_mirror_of_the_chart(folder: str) -> None:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:chartRepositories"] = {"external-secrets": folder}
    deployed = run_program("dev", settings)
    release = deployed.one("helm.sh/v3:Release", "addons-external-secrets-release").inputs
    assert release["chart"] == "oci://registry.example.com:5000/charts/external-secrets"
    assert release["name"] == "external-secrets"
    assert "repositoryOpts" not in release
    others = [each.inputs for each in deployed.of("helm.sh/v3:Release") if each.inputs["name"] != "external-secrets"]
    assert all(each["repositoryOpts"]["repo"].startswith("https://") for each in others)
