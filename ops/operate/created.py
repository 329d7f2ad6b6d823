"""Finds in AWS what a creation has made that the engine did not see the end of. It only reads."""

import re
from collections.abc import Container

from ops.objects import value
from ops.operate.account import GLOBAL, Account, Ids, has_tags
from ops.operate.arns import ARNS
from ops.operate.natural_keys import FINDERS
from ops.operate.pending import Operation

_CHOSEN_BY_AWS = "chosen"


def found(account: Account, creation: Operation, known: Container[str]) -> Ids | None:
    """Return the ids by which the provider imports what may have come of the creation; None if it is not looked for.

    `known` are the ids of the type that the state has: they came of other creations.

    Raises:
        AwsError: AWS cannot be asked, or refuses to answer.
    """
    finder = FINDERS.get(creation.type)
    if (finder is None and creation.type not in ARNS) or not creation.of_default_provider:
        return None
    try:
        ids = [each for each in (finder or _by_tags)(account, creation) if each not in known]
    except KeyError:
        # Its inputs do not say what it is called.
        return None
    region = str(creation.inputs.get("region") or account.region)
    # The provider imports from its own region what is not said to be in another one.
    return ids if region == account.region else [f"{each}@{region}" for each in ids]


_DETAILS = {"aws:kms/key:Key": ("kms describe-key --key-id {}", ("KeyMetadata", "Description"), "description")}
"""How those of the same tags are told apart: the question, where the answer is, and the input that it equals."""


def _by_tags(account: Account, creation: Operation) -> Ids:
    service, resource, id_ = ARNS[creation.type]
    inputs = {key: str(each) for key, each in creation.inputs.items() if isinstance(each, str | int)}
    name = re.escape(resource.format_map(_Chosen(inputs))).replace(_CHOSEN_BY_AWS, f"(?P<{_CHOSEN_BY_AWS}>[^/:]+)")
    # CloudWatch ends the ARN of a log group with `:*` in some answers.
    pattern = re.compile(rf"arn:[^:]+:{service}:[^:]*:[^:]*:{name}(:\*)?")
    ids: list[str] = []
    for each in account.tagged(str(inputs.get("region") or GLOBAL)):
        arn = str(each["ResourceARN"])
        if (match := pattern.fullmatch(arn)) and has_tags(each, creation):
            ids.append(id_.format_map({**inputs, "arn": arn, **match.groupdict()}))
    if len(ids) > 1 and (detail := _DETAILS.get(creation.type)):
        words, path, name = detail
        ids = [each for each in ids if value(account.ask(*words.format(each).split()), *path) == inputs.get(name)]
    return ids


class _Chosen(dict[str, str]):
    def __missing__(self, key: str) -> str:
        if key != _CHOSEN_BY_AWS:
            raise KeyError(key)
        return _CHOSEN_BY_AWS
