"""CloudWatch's alarms and the topics that they tell."""

import json
from typing import Any

import pytest
from aws_account import Account

from emulator.aws import alarms, messages
from emulator.aws.metric_math import Select, evaluate
from emulator.aws.tokens import ALARM, KEY, SUBSCRIPTION, TOPIC, TOPIC_POLICY
from emulator.plugins.provider import ProviderError

CPU = {"namespace": "AWS/RDS", "metricName": "CPUUtilization", "statistic": "Maximum", "period": 60}


def alarm(account: Account, name: str = "busy", **inputs: Any) -> str:
    settings = {
        "comparisonOperator": "GreaterThanThreshold", "threshold": 80.0, "evaluationPeriods": 1,
        "treatMissingData": "notBreaching", **inputs,
    }  # fmt: skip
    if "metricQueries" not in inputs:
        settings = {**CPU, "dimensions": {"DBClusterIdentifier": "shop"}, **settings}
    return str(account.create(ALARM, name, name=name, **settings)["id"])


def topic(account: Account, policy: dict[str, Any] | None = None, **inputs: Any) -> str:
    arn = str(account.create(TOPIC, "calls", name="calls", **inputs)["arn"])
    account.create(SUBSCRIPTION, topic=arn, protocol="email", endpoint="oncall@example.com")
    if policy:
        document = {"Statement": [{"Action": "sns:Publish", "Resource": arn, **policy}]}
        account.create(TOPIC_POLICY, arn=arn, policy=json.dumps(document))
    return arn


def cloudwatch(effect: str = "Allow", **condition: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Condition": condition}


def test_a_value_changes_the_state_and_the_topic_is_told_once(account: Account) -> None:
    arn = topic(account)
    alarm(account, alarmActions=[arn], alarmDescription="The database is busy.")
    (change,) = alarms.put(account.store, "AWS/RDS", "CPUUtilization", 81)
    assert (change.before, change.now, change.failures) == ("INSUFFICIENT_DATA", "ALARM", ())
    assert "81 was greater than the threshold (80)" in change.reason
    assert alarms.put(account.store, "AWS/RDS", "CPUUtilization", 90) == []
    (message,) = messages.received(account.store, "calls")
    assert message.receivers == ["email oncall@example.com"]
    assert json.loads(message.text)["AlarmDescription"] == "The database is busy."
    assert alarms.put(account.store, "AWS/RDS", "CPUUtilization", 80)[0].now == "OK"
    assert len(messages.received(account.store)) == 1  # it has no okActions


@pytest.mark.parametrize(
    ("comparison", "value"),
    [
        ("GreaterThanThreshold", 80.5), ("GreaterThanOrEqualToThreshold", 80), ("LessThanThreshold", 79.5),
        ("LessThanOrEqualToThreshold", 80),
    ],
)  # fmt: skip
def test_comparisons(account: Account, comparison: str, value: float) -> None:
    alarm(account, comparisonOperator=comparison)
    assert alarms.put(account.store, "AWS/RDS", "CPUUtilization", value)[0].now == "ALARM"
    other = {True: 81.0, False: 79.0}[comparison.startswith("Less")]
    assert alarms.put(account.store, "AWS/RDS", "CPUUtilization", other)[0].now == "OK"


def test_only_alarms_of_that_metric_and_stack_see_it(account: Account) -> None:
    alarm(account)
    with pytest.raises(LookupError, match=r"no alarm watches AWS/RDS/Swap; they watch AWS/RDS/CPUUtilization"):
        alarms.put(account.store, "AWS/RDS", "Swap", 1)
    with pytest.raises(LookupError, match="with DBClusterIdentifier=other"):
        alarms.put(account.store, "AWS/RDS", "CPUUtilization", 99, {"DBClusterIdentifier": "other"})
    with pytest.raises(LookupError, match="they watch nothing"):
        alarms.put(account.store, "AWS/RDS", "CPUUtilization", 99, stack="prod")
    assert alarms.put(account.store, "AWS/RDS", "CPUUtilization", 99, {"DBClusterIdentifier": "shop"}, "dev")


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (None, True),
        (cloudwatch(), True),
        (cloudwatch(ArnLike={"aws:SourceArn": "arn:aws:cloudwatch:ap-northeast-2:123456789012:alarm:*"}), True),
        (cloudwatch(StringEquals={"aws:SourceAccount": "123456789012"}), True),
        (cloudwatch(ArnLike={"aws:SourceArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:*"}), False),
        (cloudwatch(StringEquals={"aws:SourceAccount": "999999999999"}), False),
        (cloudwatch(Bool={"aws:SecureTransport": "true"}), False),
        (cloudwatch("Deny"), False),
        ({"Effect": "Allow", "Principal": {"Service": "budgets.amazonaws.com"}}, False),
    ],
)
def test_a_topics_policy_decides(account: Account, policy: dict[str, Any] | None, told: bool) -> None:
    alarm(account, alarmActions=[topic(account, policy)])
    (change,) = alarms.put(account.store, "AWS/RDS", "CPUUtilization", 99)
    assert change.now == "ALARM"
    assert bool(messages.received(account.store)) is told
    assert [("not authorized to perform: SNS:Publish" in each) for each in change.failures] == ([] if told else [True])


@pytest.mark.parametrize(
    ("actions", "told"), [(["kms:Decrypt", "kms:GenerateDataKey*"], True), (["kms:Decrypt"], False)]
)
def test_the_policy_of_a_topics_key_decides(account: Account, actions: list[str], told: bool) -> None:
    statement = {**cloudwatch(), "Action": actions, "Resource": "*"}
    key = account.create(KEY, policy=json.dumps({"Statement": [statement]}))
    alarm(account, alarmActions=[topic(account, kmsMasterKeyId=key["arn"])])
    (change,) = alarms.put(account.store, "AWS/RDS", "CPUUtilization", 99)
    assert bool(messages.received(account.store)) is told
    assert [("KMSAccessDenied" in each) for each in change.failures] == ([] if told else [True])


def test_aws_own_key_is_not_for_cloudwatch(account: Account) -> None:
    alarm(account, alarmActions=[topic(account, kmsMasterKeyId="alias/aws/sns")])
    (change,) = alarms.put(account.store, "AWS/RDS", "CPUUtilization", 99)
    assert "KMSAccessDenied" in change.failures[0]


def test_a_query_takes_the_extreme_of_what_was_put(account: Account) -> None:
    expression = "SELECT MIN(Healthy) FROM SCHEMA(\"Shop\", Balancer, Group) WHERE Balancer = 'front'"
    query = {"id": "least", "expression": expression, "period": 60, "returnData": True}
    alarm(account, metricQueries=[query], comparisonOperator="LessThanThreshold", threshold=1.0)
    assert alarms.put(account.store, "Shop", "Healthy", 2, {"Group": "a"})[0].now == "OK"
    assert alarms.put(account.store, "Shop", "Healthy", 0, {"Group": "b"})[0].now == "ALARM"
    assert alarms.put(account.store, "Shop", "Healthy", 1, {"Group": "b"})[0].now == "OK"
    with pytest.raises(LookupError):
        alarms.put(account.store, "Shop", "Healthy", 0, {"Balancer": "back"})


def test_a_query_by_group_gives_a_number_each(account: Account) -> None:
    expression = "SELECT MIN(Healthy) FROM SCHEMA(\"Shop\", Balancer, Group) WHERE Balancer = 'front' GROUP BY Group"
    queries = [
        {"id": "working", "expression": "SUM(CEIL(least / 1000))", "returnData": True},
        {"id": "least", "expression": expression, "period": 60, "returnData": False},
    ]
    alarm(account, metricQueries=queries, comparisonOperator="LessThanThreshold", threshold=2.0)
    # Of the other group, nothing is known: it is not counted.
    assert alarms.put(account.store, "Shop", "Healthy", 7, {"Group": "a"})[0].now == "ALARM"
    assert alarms.put(account.store, "Shop", "Healthy", 1, {"Group": "b"})[0].now == "OK"
    assert alarms.put(account.store, "Shop", "Healthy", 0, {"Group": "a"})[0].now == "ALARM"


@pytest.mark.parametrize(
    ("expression", "values", "result"),
    [
        ("SUM(a)", {"a": [1, 2]}, 3),
        ("SUM(a)", {}, None),
        ("SUM(CEIL(a / 10))", {"a": [0, 2, 20]}, 3),
        ("a + b * 2", {"a": 1, "b": 3}, 7),
        ("a / b", {"a": 1, "b": 0}, None),
        ("a / b", {"a": 1}, None),
        ("FILL(a, 5)", {}, 5),
        ("IF(FILL(b, 0) >= 20, 100 * FILL(a, 0) / b, 0)", {"b": 40, "a": 10}, 25),
        ("IF(FILL(b, 0) >= 20, 100 * FILL(a, 0) / b, 0)", {"b": 40}, 0),
        ("IF(FILL(b, 0) >= 20, 100 * FILL(a, 0) / b, 0)", {"a": 10}, 0),
    ],
)
def test_metric_math(expression: str, values: dict[str, float | list[float]], result: float | None) -> None:
    assert evaluate(expression, values) == result


@pytest.mark.parametrize(
    "expression", ["ANOMALY_DETECTION_BAND(a, 2)", "__import__('os')", "a.b", "a +", "[a]", "SUM(a)"]
)
def test_an_expression_that_is_not_known_is_an_error(expression: str) -> None:
    with pytest.raises(ProviderError, match="does not know this expression"):
        evaluate(expression, {"a": 1})


def test_an_alarm_is_about_one_number() -> None:
    with pytest.raises(ProviderError, match="no alarm on several numbers"):
        evaluate("CEIL(a)", {"a": [1, 2]})


def test_a_query_that_is_not_known_is_an_error() -> None:
    with pytest.raises(ProviderError, match="does not know this expression"):
        Select('SELECT MAX(Healthy) FROM "Shop" GROUP BY Group')


def test_alarms_and_topics_take_with_them_what_they_had(account: Account) -> None:
    arn = topic(account)
    name = alarm(account, alarmActions=[arn])
    alarms.put(account.store, "AWS/RDS", "CPUUtilization", 99)
    account.delete(ALARM, name)
    account.delete(TOPIC, arn)
    assert {each.type for each in account.store.find()} == {SUBSCRIPTION}


@pytest.mark.parametrize(
    ("inputs", "refusal"),
    [
        ({"metricQueries": [], "metricName": ""}, "needs either metricName or metricQueries"),
        ({"metricQueries": [{"id": "a", "expression": "SEARCH('{Shop}')", "returnData": True}]}, "SEARCH is not"),
        ({"metricQueries": [{"id": "a", "expression": "1"}]}, "must have returnData"),
        ({"alarmDescription": "x" * 1025}, "AWS accepts 1024"),
    ],
)
def test_what_cloudwatch_refuses(account: Account, inputs: dict[str, Any], refusal: str) -> None:
    with pytest.raises(ProviderError, match=refusal):
        alarm(account, **inputs)
