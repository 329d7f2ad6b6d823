"""Names that the configuration knows or keeps free are those that the program uses."""

from copy import deepcopy

from components.addons import catalogue
from components.config.application import GENERATED
from components.workloads.store_secrets import SECRET_NAMES
from tests.components.program import run_program, stack_file


def test_charts_roles_and_variables_of_services() -> None:
    settings = deepcopy(stack_file("prod"))
    settings["openmarket:addons"]["verticalPodAutoscaler"]["enabled"] = True
    settings["openmarket:credentials"]["apiKeys"] = ["PAYMENT_API_KEY"]
    settings["openmarket:application"]["features"] = {"newCheckout": True}
    settings["openmarket:email"]["domain"] = "mail.example.com"
    settings["openmarket:services"]["backend-api"]["uses"].append("mail")
    settings["openmarket:services"]["backend-api"]["scheduledReplicas"] = [
        {"start": "50 8 25 11 *", "end": "0 1 26 11 *", "replicas": 20}
    ]
    queue = {"arn": "arn:aws:sqs:ap-northeast-2:123456789012:orders"}
    settings["openmarket:services"]["backend-api"]["queue"] = queue
    deployed = run_program("prod", settings)
    assert {release.inputs["chart"] for release in deployed.of("helm.sh/v3:Release")} == set(catalogue.charts())
    assert set(deployed.outputs["role_arns"]) - set(settings["openmarket:services"]) == set(catalogue.roles())

    found = set(deployed.one("core/v1:ConfigMap", "openmarket-config").inputs["data"])
    for deployment in deployed.of("apps/v1:Deployment"):
        (container,) = deployment.inputs["spec"]["template"]["spec"]["containers"]
        found |= {variable["name"] for variable in container["env"]}
    for secret in deployed.of("external-secrets.io/v1:ExternalSecret"):
        if secret.inputs["metadata"]["name"] in SECRET_NAMES.values():
            found |= {each["secretKey"] for each in secret.inputs["spec"]["data"]}
    configured = {"PAYMENT_API_KEY", "FEATURE_NEW_CHECKOUT", "BACKEND_API_URL", "API_URL", "API_PORT", "HOSTNAME"}
    assert found == {*GENERATED, *configured}
