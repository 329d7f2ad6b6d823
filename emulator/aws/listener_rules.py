"""What Elastic Load Balancing refuses of a load balancer's listeners and their rules.

Limits: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
Values: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html
"""

import re
from collections.abc import Mapping
from typing import Any

from emulator.plugins.provider import ProviderError

_RULES, _VALUES, _WILDCARDS, _PATTERN, _BODY = 100, 5, 6, 128, 1024
_CONTENT_TYPES = ("text/plain", "text/css", "text/html", "application/javascript", "application/json")
_REDIRECTS = ("HTTP_301", "HTTP_302")
_OPEN_REDIRECT = {"protocol": "#{protocol}", "host": "#{host}", "port": "#{port}", "path": "/#{path}"}


def check(listeners: Mapping[str, Any]) -> None:
    """Refuse listeners, by protocol and port such as `HTTPS:443`, that Elastic Load Balancing refuses.

    Raises:
        ProviderError: A rule is not valid, or there are too many.
    """
    count = sum(len(listener["rules"]) for listener in listeners.values())
    if count > _RULES:
        raise ProviderError(f"TooManyRules: the load balancer would have {count} rules, the maximum is {_RULES}")
    for key, listener in listeners.items():
        protocol = key.partition(":")[0]
        for rule in listener["rules"]:
            _check_conditions(rule["conditions"])
        for action in (*(rule["action"] for rule in listener["rules"]), listener["default"]):
            _check_action(action, protocol)


def _check_conditions(conditions: list[Mapping[str, Any]]) -> None:
    values = [value for condition in conditions for value in condition["values"]]
    if len(values) > _VALUES:
        raise ProviderError(f"ValidationError: A rule can only have '{_VALUES}' condition values")
    texts = [value for value in values if isinstance(value, str)]
    if sum(text.count("*") + text.count("?") for text in texts) > _WILDCARDS:
        raise ProviderError(f"ValidationError: A rule can only have '{_WILDCARDS}' condition wildcards")
    if long := [text for text in texts if len(text) > _PATTERN]:
        raise ProviderError(f"ValidationError: the condition value {long[0]!r} has more than {_PATTERN} characters")


def _check_action(action: Mapping[str, Any], protocol: str) -> None:
    match action["type"]:
        case "forward":
            for target in action["targets"]:
                version = target.get("version", "HTTP1")
                if version != "HTTP1" and protocol != "HTTPS":
                    raise ProviderError(
                        f"InvalidLoadBalancerAction: Listener protocol '{protocol}' is not supported with a target "
                        f"group with the protocol-version '{version}'"
                    )
        case "redirect":
            if action["statuscode"] not in _REDIRECTS:
                raise ProviderError(f"ValidationError: a redirect's status code is one of {', '.join(_REDIRECTS)}")
            if not re.fullmatch(r"HTTPS?|#\{protocol\}", action.get("protocol", "HTTP")):
                raise ProviderError(f"ValidationError: {action['protocol']!r} is no protocol of a redirect")
            if all(action.get(part, usual) == usual for part, usual in _OPEN_REDIRECT.items()):
                raise ProviderError("InvalidLoadBalancerAction: The redirect configuration is not valid: it is a loop")
        case _:
            if not re.fullmatch(r"[245]\d\d", action["statuscode"]):
                raise ProviderError(f"ValidationError: a fixed response has no status code {action['statuscode']!r}")
            if action.get("contenttype", "text/plain") not in _CONTENT_TYPES:
                raise ProviderError(f"ValidationError: a fixed response has no content type {action['contenttype']!r}")
            if len(action.get("messagebody", "")) > _BODY:
                raise ProviderError(f"ValidationError: a fixed response has {_BODY} characters at most")
