"""The drain of a pod, which loses no request. Pure arithmetic."""

from dataclasses import dataclass

LOAD_BALANCER_SECONDS = 40
"""An allowance: for so long the load balancer may go on sending once a pod is to end. Its controller has to see the
endpoint leave and to call AWS, and AWS needs some ten seconds to act on it; nobody documents a bound (issues 1719, 2106
and 1064 of kubernetes-sigs/aws-load-balancer-controller, with 10 to 40 seconds)."""
ENDING_SECONDS = 10
"""An allowance: for the process to end once it has answered its last request."""

SPOT_NOTICE_SECONDS = 120
"""Seconds after which EC2 takes a spot node (Amazon EC2 User Guide, Spot Instance interruption notices)."""
NODE_DRAIN_SECONDS = 20
"""An allowance: within which EKS has cordoned the node and evicts its pods."""


@dataclass(frozen=True)
class Drain:
    """Everything follows from the seconds that a request may take. From when the pod is to end:

    | Until | |
    |---|---|
    | 40 | New requests still come. The pod serves as if nothing had happened: `preStop`. |
    | 40 + seconds | The process was told to end and answers what it has. The target group keeps its connections. |
    | 40 + seconds + 10 | The process ends. Then it is killed: the grace period. |
    | 100 | At most, for then a spot node goes: 120 after its notice, and 20 until its pods are evicted. |

    The process must finish its requests when it is told to end, or go on until it is killed. Health checks play no
    part: the pod answers them to the end. Behind no load balancer, the first 40 seconds are not needed: the process
    is told at once, and has them for its work. The disruption budget lets one pod of a service go at a time: the
    second of a spot node goes once the first is replaced, with what is then left of the two minutes.
    """

    seconds: int
    load_balancer_seconds: int = LOAD_BALANCER_SECONDS
    """0 for pods that no load balancer sends requests to."""

    @property
    def pre_stop_seconds(self) -> int:
        """Seconds for which the container goes on as if nothing had happened."""
        return self.load_balancer_seconds

    @property
    def deregistration_seconds(self) -> int:
        """The target group's deregistration delay.

        It begins when the controller takes the target out, which may be at once: it lasts as long as requests may.
        """
        return self.pre_stop_seconds + self.seconds

    @property
    def grace_seconds(self) -> int:
        """Seconds after which the container is killed."""
        return self.pre_stop_seconds + self.seconds + ENDING_SECONDS
