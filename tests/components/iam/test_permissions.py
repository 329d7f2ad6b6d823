"""Policy documents say what they should, and fit into IAM."""

import json

from components.iam import permissions


def test_a_service_account_is_trusted_by_subject_and_audience() -> None:
    text = permissions.service_account_trust("arn:provider", "oidc.example/id/1", "kube-system", "controller")
    (statement,) = json.loads(text)["Statement"]
    assert statement["Principal"] == {"Federated": "arn:provider"}
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"] == {
        "StringEquals": {
            "oidc.example/id/1:sub": "system:serviceaccount:kube-system:controller",
            "oidc.example/id/1:aud": "sts.amazonaws.com",
        }
    }


def test_flow_logs_cannot_create_groups() -> None:
    text = permissions.flow_log_delivery("arn:aws:logs:r:1:log-group:g")
    assert "CreateLogGroup" not in text
    writing = json.loads(text)["Statement"][0]
    assert writing["Resource"] == ["arn:aws:logs:r:1:log-group:g", "arn:aws:logs:r:1:log-group:g:*"]
