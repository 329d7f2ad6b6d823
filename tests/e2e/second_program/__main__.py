"""A web page behind a load balancer: a network, an EKS cluster, one chart and an Ingress."""

import json

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

# A network in two zones: public subnets for the load balancer, private ones for nodes, which go out through a NAT.
vpc = aws.ec2.Vpc("hello", cidr_block="10.0.0.0/16", enable_dns_hostnames=True)
internet = aws.ec2.InternetGateway("internet", vpc_id=vpc.id)
zones = aws.get_availability_zones(state="available").names[:2]


def subnet(name: str, number: int, tag: str) -> aws.ec2.Subnet:
    return aws.ec2.Subnet(
        f"{name}-{number}",
        vpc_id=vpc.id,
        availability_zone=zones[number % 2],
        cidr_block=f"10.0.{number}.0/24",
        map_public_ip_on_launch=name == "public",
        tags={tag: "1"},
    )


public = [subnet("public", number, "kubernetes.io/role/elb") for number in (0, 1)]
private = [subnet("private", number, "kubernetes.io/role/internal-elb") for number in (2, 3)]
address = aws.ec2.Eip("nat", domain="vpc", opts=pulumi.ResourceOptions(depends_on=[internet]))
nat = aws.ec2.NatGateway("nat", subnet_id=public[0].id, allocation_id=address.id)
to_internet = aws.ec2.RouteTable(
    "public", vpc_id=vpc.id, routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": internet.id}]
)
to_nat = aws.ec2.RouteTable("private", vpc_id=vpc.id, routes=[{"cidr_block": "0.0.0.0/0", "nat_gateway_id": nat.id}])
routed = [
    aws.ec2.RouteTableAssociation(f"{name}-{number}", subnet_id=each.id, route_table_id=table.id)
    for name, subnets, table in (("public", public, to_internet), ("private", private, to_nat))
    for number, each in enumerate(subnets)
]


def role(name: str, principal: dict[str, str], *policies: str) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
    """A role for an AWS service, and what attaches its policies."""
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    made = aws.iam.Role(name, assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    attachments: list[pulumi.Resource] = [
        aws.iam.RolePolicyAttachment(f"{name}-{policy}", role=made.name, policy_arn=f"arn:aws:iam::aws:policy/{policy}")
        for policy in policies
    ]
    return made, attachments


# The cluster, its nodes and the add-ons that every cluster needs.
cluster_role, cluster_policies = role("cluster", {"Service": "eks.amazonaws.com"}, "AmazonEKSClusterPolicy")
cluster = aws.eks.Cluster(
    "hello",
    role_arn=cluster_role.arn,
    vpc_config={"subnet_ids": [each.id for each in [*public, *private]]},
    access_config={"authentication_mode": "API_AND_CONFIG_MAP"},
    bootstrap_self_managed_addons=False,
    opts=pulumi.ResourceOptions(depends_on=cluster_policies),
)
node_role, node_policies = role(
    "node",
    {"Service": "ec2.amazonaws.com"},
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonEC2ContainerRegistryReadOnly",
)
first = [aws.eks.Addon(name, cluster_name=cluster.name, addon_name=name) for name in ("vpc-cni", "kube-proxy")]
nodes = aws.eks.NodeGroup(
    "nodes",
    cluster_name=cluster.name,
    node_role_arn=node_role.arn,
    subnet_ids=[each.id for each in private],
    instance_types=["t3.medium"],
    scaling_config={"desired_size": 2, "min_size": 2, "max_size": 3},
    opts=pulumi.ResourceOptions(depends_on=[*node_policies, *first, *routed]),
)
dns = aws.eks.Addon(
    "coredns", cluster_name=cluster.name, addon_name="coredns", opts=pulumi.ResourceOptions(depends_on=[nodes])
)

# The load balancer controller gets its permissions through its service account.
issuer = cluster.identities[0].oidcs[0].issuer
oidc = aws.iam.OpenIdConnectProvider("hello", url=issuer, client_id_lists=["sts.amazonaws.com"])


def trust_service_account(values: list[str]) -> str:
    arn, url = values
    name = url.removeprefix("https://")
    subject = {f"{name}:sub": "system:serviceaccount:kube-system:load-balancers", f"{name}:aud": "sts.amazonaws.com"}
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": arn},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": subject},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


controller_role = aws.iam.Role(
    "load-balancers", assume_role_policy=pulumi.Output.all(oidc.arn, issuer).apply(trust_service_account)
)
allowed = ["elasticloadbalancing:*", "ec2:Describe*", "ec2:*SecurityGroup*", "ec2:CreateTags"]
controller_policy = aws.iam.RolePolicy(
    "load-balancers",
    role=controller_role.name,
    policy=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": allowed, "Resource": "*"}]}
    ),
)
get_token = {
    "apiVersion": "client.authentication.k8s.io/v1beta1",
    "command": "aws",
    "args": ["eks", "get-token", "--cluster-name", cluster.name],
}
kubeconfig = pulumi.Output.json_dumps(
    {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": "eks",
                "cluster": {
                    "server": cluster.endpoint,
                    "certificate-authority-data": cluster.certificate_authority.data,
                },
            }
        ],
        "users": [{"name": "eks", "user": {"exec": get_token}}],
        "contexts": [{"name": "eks", "context": {"cluster": "eks", "user": "eks"}}],
        "current-context": "eks",
    }
)
in_cluster = pulumi.ResourceOptions(provider=k8s.Provider("eks", kubeconfig=kubeconfig))
controller = k8s.helm.v3.Release(
    "load-balancers",
    chart="aws-load-balancer-controller",
    version="3.5.0",
    namespace="kube-system",
    repository_opts={"repo": "https://aws.github.io/eks-charts"},
    values={
        "clusterName": cluster.name,
        "region": aws.get_region().region,
        "vpcId": vpc.id,
        "serviceAccount": {
            "name": "load-balancers",
            "annotations": {"eks.amazonaws.com/role-arn": controller_role.arn},
        },
    },
    opts=pulumi.ResourceOptions.merge(
        in_cluster, pulumi.ResourceOptions(depends_on=[nodes, dns, controller_policy, *routed])
    ),
)

# The page.
labels = {"app": "hello"}
deployment = k8s.apps.v1.Deployment(
    "hello",
    spec={
        "replicas": 2,
        "selector": {"match_labels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": {"containers": [{"name": "web", "image": "nginx:1.29", "ports": [{"container_port": 80}]}]},
        },
    },
    opts=pulumi.ResourceOptions.merge(in_cluster, pulumi.ResourceOptions(depends_on=[nodes, dns])),
)
after_controller = pulumi.ResourceOptions.merge(in_cluster, pulumi.ResourceOptions(depends_on=[controller]))
service = k8s.core.v1.Service("hello", spec={"selector": labels, "ports": [{"port": 80}]}, opts=after_controller)
ingress = k8s.networking.v1.Ingress(
    "hello",
    metadata={
        "annotations": {
            "alb.ingress.kubernetes.io/scheme": "internet-facing",
            "alb.ingress.kubernetes.io/target-type": "ip",
        }
    },
    spec={
        "ingress_class_name": "alb",
        "default_backend": {"service": {"name": service.metadata.name, "port": {"number": 80}}},
    },
    opts=after_controller,
)

pulumi.export("hostname", ingress.status.load_balancer.ingress[0].hostname)
