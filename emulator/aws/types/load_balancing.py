"""Load balancers, which the emulated AWS Load Balancer Controller makes."""

from emulator.aws.resource_type import Reference, ResourceType, named
from emulator.aws.tokens import LOAD_BALANCER, SECURITY_GROUP, SUBNET

TYPES = (
    ResourceType(
        type=LOAD_BALANCER, oracle="AWS::ElasticLoadBalancingV2::LoadBalancer", id=named(), owned_by_aws=True,
        references=(Reference("subnets", SUBNET), Reference("securityGroups", SECURITY_GROUP),
            # WAF refuses in its own words, and waits.
            Reference("webAclArn", "aws:wafv2/webAcl:WebAcl", "arn", holds=False),
        ), seconds=(142, 153),
    ),
)  # fmt: skip
