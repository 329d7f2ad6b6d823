"""Names of what a firewall can be told to count instead of block: its own rules, and single ones of AWS's groups.

AWS WAF ignores an override whose name is not exactly that of a rule in the group, and says nothing: names are checked
here. They are AWS's (https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator


class FirewallRule(StrEnum):
    """Rules of the web ACLs, by name; what they are is in `components/edge/firewall_rules.py`."""

    BAD_ADDRESSES = "bad-addresses"
    TOO_MANY_REQUESTS = "too-many-requests"
    TOO_MANY_LOGINS = "too-many-logins"
    KNOWN_EXPLOITS = "known-exploits"
    COMMON_ATTACKS = "common-attacks"
    SQL_INJECTION = "sql-injection"


BODY_SIZE = "SizeRestrictions_BODY"
"""Blocks bodies over 8 KB, which sellers' descriptions of products and every upload have."""

RULES_OF_GROUPS: Mapping[FirewallRule, tuple[str, ...]] = {
    FirewallRule.BAD_ADDRESSES: ("AWSManagedIPReputationList", "AWSManagedReconnaissanceList"),
    FirewallRule.KNOWN_EXPLOITS: (
        "JavaDeserializationRCE_HEADER", "JavaDeserializationRCE_BODY", "JavaDeserializationRCE_URIPATH",
        "JavaDeserializationRCE_QUERYSTRING", "Host_localhost_HEADER", "PROPFIND_METHOD", "ExploitablePaths_URIPATH",
        "Log4JRCE_HEADER", "Log4JRCE_QUERYSTRING", "Log4JRCE_BODY", "Log4JRCE_URIPATH", "ReactJSRCE_BODY",
    ),
    FirewallRule.COMMON_ATTACKS: (
        "NoUserAgent_HEADER", "UserAgent_BadBots_HEADER", "SizeRestrictions_QUERYSTRING",
        "SizeRestrictions_Cookie_HEADER", BODY_SIZE, "SizeRestrictions_URIPATH", "EC2MetaDataSSRF_BODY",
        "EC2MetaDataSSRF_COOKIE", "EC2MetaDataSSRF_URIPATH", "EC2MetaDataSSRF_QUERYARGUMENTS",
        "GenericLFI_QUERYARGUMENTS", "GenericLFI_URIPATH", "GenericLFI_BODY", "RestrictedExtensions_URIPATH",
        "RestrictedExtensions_QUERYARGUMENTS", "GenericRFI_QUERYARGUMENTS", "GenericRFI_BODY", "GenericRFI_URIPATH",
        "CrossSiteScripting_COOKIE", "CrossSiteScripting_QUERYARGUMENTS", "CrossSiteScripting_BODY",
        "CrossSiteScripting_URIPATH",
    ),
    FirewallRule.SQL_INJECTION: (
        "SQLiExtendedPatterns_QUERYARGUMENTS", "SQLi_QUERYARGUMENTS", "SQLi_BODY", "SQLi_COOKIE", "SQLi_URIPATH",
        "SQLiExtendedPatterns_BODY",
    ),
}  # fmt: skip
"""The single rules of AWS's groups, as far as AWS's documentation and users of the rules name them."""


def _known_rule(name: str) -> str:
    if name in list(FirewallRule) or any(name in rules for rules in RULES_OF_GROUPS.values()):
        return name
    others = [rule for rules in RULES_OF_GROUPS.values() for rule in rules]
    raise ValueError(f"{name} is neither; rules of groups are {', '.join(others)}")


CountedRule = Annotated[str, AfterValidator(_known_rule)]
"""A rule of the web ACL, or one of AWS's in a group of it."""
