"""What a user types to look at a deployed shop, word for word, and what must be in the answer."""

import json
import re

import pytest

from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

LOOK = {
    "aws eks update-kubeconfig --region ap-northeast-2 --name openmarket-dev-eks --profile openmarket": (
        r"Added new context arn:aws:eks:ap-northeast-2:\d{12}:cluster/openmarket-dev-eks to /"
    ),
    "kubectl get pods -n openmarket-dev": r"backend-api-\S+ +1/1 +Running",
    "kubectl get svc -n openmarket-dev": r"frontend-web +ClusterIP +172\.20\.",
    "kubectl get ingress -n openmarket-dev": r"openmarket-ingress +alb +\S.* k8s-\S+\.elb\.amazonaws\.com",
    "kubectl get hpa -n openmarket-dev": r"backend-api-hpa +Deployment/backend-api +cpu: 20%/",
    "kubectl describe pod <pod-name> -n openmarket-dev": r"Normal +Started .*kubelet +Started container backend-api",
    "kubectl get events -n openmarket-dev --sort-by='.lastTimestamp'": r"Normal +Pulled +pod/backend-api",
    "kubectl logs <pod-name> -n openmarket-dev": r"^emulator: no container runs here, so \S+ writes no log$",
    "kubectl logs -n kube-system deployment/aws-load-balancer-controller": r"reconciled loadBalancer k8s-",
    "kubectl describe ingress openmarket-ingress -n openmarket-dev": r"Normal +SuccessfullyReconciled .*ingress",
    "kubectl top nodes": r"ip-\S+\.compute\.internal +\d+m +\d+% +\d+Mi",
    "kubectl top pods -n openmarket-dev": r"frontend-web-\S+ +\d+m +\d+Mi",
    "kubectl describe hpa backend-api-hpa -n openmarket-dev": r"ScalingActive +True +ValidMetricFound",
    "kubectl get secret -n openmarket-dev": r"openmarket-db-credentials-\w+ +Opaque",
    "kubectl get externalsecret -n openmarket-dev": r"openmarket-db-credentials .*-manager +1h +SecretSynced +True",
    "kubectl logs -n kube-system deployment/external-secrets": r"reconciled secret openmarket-db-credentials-\w+",
    "kubectl get clustersecretstore": r"aws-secrets-manager .*Valid +ReadWrite +True",
    "kubectl get targetgroupbinding -n openmarket-dev": r"k8s-\S+ +backend-api +3000 +ip",
    "aws eks describe-cluster --name openmarket-dev-eks": r'"status": "ACTIVE"',
    "aws sts get-caller-identity": r'"Account": "\d{12}"',
}
"""Command -> what its answer must match."""

REFUSED = {
    "kubectl logs <pod-name> -n openmarket-dev --previous": "previous terminated container .* not found",
    "kubectl exec <pod-name> -n openmarket-dev -- ls": "the OpenMarket emulator runs no containers",
    "kubectl port-forward <pod-name> 8080:3000 -n openmarket-dev": "the OpenMarket emulator runs no containers",
}

PRIVILEGED = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "privileged", "namespace": "openmarket-dev"},
    "spec": {"containers": [{"name": "c", "image": "x", "securityContext": {"privileged": True}}]},
}


@pytest.fixture(scope="module")
def answers(deployed: Checkout, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """Exit code and output of every command, typed one after the other in one shell."""
    # The autoscalers need the time for a first look.
    wait = "kubectl wait hpa --all -n openmarket-dev --for=condition=ScalingActive --timeout=60s"
    deployed.run(*wait.split())
    service = "app.kubernetes.io/name=backend-api"
    pods = deployed.kubectl("dev", "get", "pods", "-n", "openmarket-dev", "-l", service)["items"]
    folder, commands = tmp_path_factory.mktemp("answers"), [*LOOK, *REFUSED]
    lines = [
        f"({command}) > {folder}/{number} 2>&1; echo $? > {folder}/{number}.code"
        for number, command in enumerate(commands)
    ]
    deployed.run("bash", "-c", "\n".join(lines).replace("<pod-name>", pods[0]["metadata"]["name"]), timeout=120)
    return {
        command: (int((folder / f"{number}.code").read_text()), (folder / str(number)).read_text())
        for number, command in enumerate(commands)
    }


@pytest.mark.parametrize("command", LOOK)
def test_it_answers(answers: dict[str, tuple[int, str]], command: str) -> None:
    code, text = answers[command]
    assert re.search(LOOK[command], text, re.MULTILINE), text
    assert code == 0


@pytest.mark.parametrize("command", REFUSED)
def test_it_says_why_not(answers: dict[str, tuple[int, str]], command: str) -> None:
    code, text = answers[command]
    assert re.search(REFUSED[command], text), text
    assert code != 0


def test_following_a_log_goes_on_until_interrupted(deployed: Checkout) -> None:
    # The three seconds begin with the first line: a busy machine may take as long until then.
    follow = "kubectl logs -f deployment/backend-api -n openmarket-dev > followed 2>&1 & pid=$!"
    first = "timeout 60 sh -c 'until grep -q . followed; do sleep 0.1; done'; sleep 3"
    interrupted = "kill -INT $pid; code=$?; wait $pid; cat followed; rm followed; exit $code"
    result = deployed.run("bash", "-c", f"set -m; {follow}; {first}; {interrupted}", check=False)
    assert result.returncode == 0  # still there to be interrupted
    assert "no container runs here" in result.stdout


def test_a_failure_is_in_the_controllers_log(deployed: Checkout) -> None:
    patch = '{"spec":{"secretStoreRef":{"kind":"ClusterSecretStore","name":"nowhere"}}}'
    secret = "externalsecret openmarket-app-secrets -n openmarket-dev"
    deployed.run("bash", "-c", f"kubectl patch {secret} --type=merge -p '{patch}'")
    deployed.run("bash", "-c", f"kubectl wait {secret} --for=condition=Ready=False --timeout=20s")
    log = deployed.run("bash", "-c", "kubectl logs -n kube-system deployment/external-secrets").stdout
    assert re.search(r'"level": "error".*no such store', log)


def test_the_namespace_refuses_what_is_not_restricted(deployed: Checkout) -> None:
    result = deployed.run("bash", "-c", f"echo '{json.dumps(PRIVILEGED)}' | kubectl create -f -", check=False)
    assert result.returncode != 0
    assert 'violates PodSecurity "restricted' in result.stdout
