"""Services that are scaled by requests of the load balancer, or by the length of a queue."""

import json
from copy import deepcopy
from functools import cache
from typing import Any

import pulumi
import pytest

from tests.components import program
from tests.components.kinds import WORKER, with_kinds
from tests.components.program import ALB, TARGET_GROUP, Deployed, run_program, stack_file

NAME = "shop-frontend-web-autoscaler"
SALE = {"start": "50 8 25 11 *", "end": "0 1 26 11 *", "replicas": 3}


@cache
def counted() -> Deployed:
    return run_program("dev", settings("frontend-web", requestTarget=600))


def settings(service: str, **keys: Any) -> dict[str, Any]:
    """Those of dev, with more keys of a service."""
    found = deepcopy(stack_file("dev"))
    found["openmarket:services"][service] |= keys
    return found


def trigger(deployed: Deployed) -> dict[str, Any]:
    """What asks for the requests, after what asks for CPU and memory."""
    cpu, memory, found = deployed.one("keda.sh/v1alpha1:ScaledObject", NAME).inputs["spec"]["triggers"]
    assert (cpu["type"], memory["type"]) == ("cpu", "memory")
    return found


def test_all_requests_of_its_target_group_are_divided_by_its_pods() -> None:
    found = trigger(counted())
    assert (found["type"], found["metricType"]) == ("aws-cloudwatch", "AverageValue")
    metadata = found["metadata"]
    assert (metadata["metricName"], metadata["metricStat"], metadata["metricStatPeriod"]) == (
        "RequestCount",
        "Sum",
        "60",
    )
    assert (metadata["dimensionName"], metadata["dimensionValue"]) == (
        "LoadBalancer;TargetGroup",
        f"{ALB};{TARGET_GROUP}",
    )
    assert metadata["targetMetricValue"] == "600"
    assert metadata["minMetricValue"] == "0", "a minute without requests has no value"
    assert all(isinstance(value, str) for value in metadata.values()), "numbers are no metadata of a trigger"


def test_the_target_group_is_looked_for_once_pods_are_in_it() -> None:
    assert {"shop-frontend-web-deployment", "shop-ingress-alb"} <= counted().waits_for(NAME)


def test_without_a_target_group_the_other_targets_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "TARGET_GROUP_ARNS", [])
    warnings: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, *_: warnings.append(message))
    deployed = run_program("dev", settings("frontend-web", requestTarget=600))
    triggers = deployed.one("keda.sh/v1alpha1:ScaledObject", NAME).inputs["spec"]["triggers"]
    assert [each["type"] for each in triggers] == ["cpu", "memory"]
    assert [each for each in warnings if "frontend-web has no target group yet" in each]


def test_a_target_group_that_aws_still_lists_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    old = program.TARGET_GROUP_ARNS[0].replace("targetgroup/", "targetgroup/a-deleted-")
    monkeypatch.setattr(program, "TARGET_GROUP_ARNS", [*program.TARGET_GROUP_ARNS, old])
    deployed = run_program("dev", settings("frontend-web", requestTarget=600))
    triggers = deployed.one("keda.sh/v1alpha1:ScaledObject", NAME).inputs["spec"]["triggers"]
    counted = [each["metadata"]["dimensionValue"] for each in triggers if each["type"] == "aws-cloudwatch"]
    assert len(counted) == 2
    assert f"{ALB};{TARGET_GROUP}" in counted


def test_keda_asks_aws_with_a_role_that_may_read_metrics_while_a_service_needs_it() -> None:
    authentication = counted().one(":ClusterTriggerAuthentication")
    reference = trigger(counted())["authenticationRef"]
    assert reference == {"name": authentication.inputs["metadata"]["name"], "kind": "ClusterTriggerAuthentication"}
    assert authentication.inputs["spec"] == {"podIdentity": {"provider": "aws"}}
    (release,) = [each for each in counted().of("helm.sh/v3:Release") if each.inputs["chart"] == "keda"]
    account = release.inputs["values"]["serviceAccount"]["operator"]
    assert account["name"] == "keda-operator"
    assert account["annotations"]["eks.amazonaws.com/role-arn"] == counted().outputs["role_arns"]["keda-operator"]
    assert statements(counted()) == [{"Effect": "Allow", "Action": "cloudwatch:GetMetricData", "Resource": "*"}]
    scheduled = run_program("dev", settings("backend-api", scheduledReplicas=[SALE]))
    assert scheduled.outputs["role_arns"]["keda-operator"], "pods that run already would get no role later"
    assert statements(scheduled) == []


QUEUE = "arn:aws:sqs:ap-northeast-2:123456789012:orders"
KEY = "arn:aws:kms:ap-northeast-2:123456789012:key/12345678-1234-1234-1234-123456789012"


def test_a_queue_is_what_the_service_takes_its_work_from_and_keda_counts() -> None:
    worker = WORKER | {"queue": {"arn": QUEUE, "keyArn": KEY, "messagesPerPod": 20}}
    deployed = run_program("dev", with_kinds(mailer=worker))
    *_, found = deployed.one("keda.sh/v1alpha1:ScaledObject", "shop-mailer-autoscaler").inputs["spec"]["triggers"]
    url = "https://sqs.ap-northeast-2.amazonaws.com/123456789012/orders"
    assert (found["type"], found["metricType"]) == ("aws-sqs-queue", "AverageValue")
    assert (found["metadata"]["queueURL"], found["metadata"]["queueLength"]) == (url, "20")
    (container,) = deployed.one(":Deployment", "shop-mailer-deployment").inputs["spec"]["template"]["spec"][
        "containers"
    ]
    assert {"name": "QUEUE_URL", "value": url} in container["env"]
    assert statements(deployed) == [{"Effect": "Allow", "Action": "sqs:GetQueueAttributes", "Resource": [QUEUE]}]
    taking, decrypting = statements(deployed, "mailer-identity-queue")
    assert taking["Resource"] == QUEUE
    assert "sqs:SendMessage" not in taking["Action"]
    assert (decrypting["Action"], decrypting["Resource"]) == (["kms:Decrypt"], KEY)
    assert decrypting["Condition"]["StringEquals"]["kms:ViaService"] == "sqs.ap-northeast-2.amazonaws.com"


def test_a_queue_without_a_target_needs_no_keda() -> None:
    deployed = run_program("dev", with_kinds(mailer=WORKER | {"queue": {"arn": QUEUE}}))
    assert deployed.of("keda.sh/v1alpha1:ScaledObject") == []
    assert [each["Resource"] for each in statements(deployed, "mailer-identity-queue")] == [QUEUE]


def statements(deployed: Deployed, begins: str = "addons-keda-") -> list[dict[str, Any]]:
    """What KEDA's role may do, or another one by what begins the names of its policies."""
    policies = [each for each in deployed.of("iam/rolePolicy:RolePolicy") if each.name.startswith(begins)]
    return [one for each in policies for one in json.loads(each.inputs["policy"])["Statement"]]
