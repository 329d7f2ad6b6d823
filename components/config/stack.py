"""The whole configuration of one stack."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from components.addons.addon import Addon
from components.addons.catalogue import AddonsConfig, ChartRepositories, charts
from components.base.section import Name, Section, Switch, keys_of
from components.config import routing
from components.config.alarms import AlarmsConfig
from components.config.application import ApplicationConfig
from components.config.cluster import ClusterConfig
from components.config.cost import CostConfig
from components.config.data import (
    BackupConfig,
    CacheConfig,
    CredentialsConfig,
    DataSettings,
    EncryptionConfig,
    ImagesConfig,
    StorageConfig,
)
from components.config.database import DatabaseConfig
from components.config.edge import (
    CdnConfig,
    EdgeSettings,
    EmailConfig,
    FirewallConfig,
    HostedZoneId,
    IngressConfig,
    ShieldConfig,
    ZoneRole,
)
from components.config.labels import DefaultTags
from components.config.network import NetworkConfig
from components.config.retention import RETENTION_DAYS, RetentionDays
from components.config.service_addons import addons_for
from components.config.service_rules import STATIC_HOST
from components.config.services import AnyServiceConfig, WebConfig, only


def _key(field: str) -> str:
    first, *rest = field.split("_")
    return "openmarket:" + first + "".join(word.capitalize() for word in rest)


def cluster_name(stack: str) -> str:
    """The name of the stack's EKS cluster."""
    return f"openmarket-{stack}-eks"


class StackConfig(Section):
    """One stack. Its keys are spelled as in the stack file, with their namespace."""

    model_config = ConfigDict(alias_generator=_key)

    stack: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=20)] = Field(
        # Databases and repositories are named after it: they have no hyphen at the end, nor two in a row.
        alias="stack",
        description="a stack name of at most 20 lower-case letters, digits and single hyphens within",
    )
    region: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")] = Field(
        alias="aws:region", description="an AWS region, such as ap-northeast-2"
    )
    default_tags: DefaultTags = Field(alias="aws:defaultTags", description="a mapping with tags")
    production: Switch = Field(description="true or false")
    deletion_protection: Switch = Field(description="true or false")
    log_retention_days: RetentionDays = Field(description="days, one of " + ", ".join(map(str, RETENTION_DAYS)))
    domain: Annotated[
        # DNS takes 63 characters between dots and 253 in all, and hosts go in front.
        str, StringConstraints(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$", max_length=189)
    ] = Field(description="a lower-case domain name, such as dev.openmarket.example.com")
    hosted_zone_id: HostedZoneId = ""
    hosted_zone_role: ZoneRole = ""
    encryption: EncryptionConfig = Field(description=keys_of(EncryptionConfig))
    network: NetworkConfig = Field(description="a mapping with cidr, zones and nat, or with existing")
    cluster: ClusterConfig = Field(description=keys_of(ClusterConfig))
    addons: AddonsConfig = Field(description=keys_of(AddonsConfig))
    database: DatabaseConfig = Field(description=keys_of(DatabaseConfig))
    cache: CacheConfig = Field(description=keys_of(CacheConfig))
    credentials: CredentialsConfig = Field(description=keys_of(CredentialsConfig))
    storage: StorageConfig = Field(description=keys_of(StorageConfig))
    backup: BackupConfig = Field(default=BackupConfig(), description=keys_of(BackupConfig))
    images: ImagesConfig = Field(description=keys_of(ImagesConfig))
    cdn: CdnConfig = Field(description=keys_of(CdnConfig))
    firewall: FirewallConfig = Field(description=keys_of(FirewallConfig))
    shield: ShieldConfig = Field(description=keys_of(ShieldConfig))
    email: EmailConfig = Field(default=EmailConfig(), description=keys_of(EmailConfig))
    ingress: IngressConfig = Field(description=keys_of(IngressConfig))
    application: ApplicationConfig = Field(description=keys_of(ApplicationConfig))
    services: Annotated[dict[Name, AnyServiceConfig], Field(min_length=1)] = Field(
        description="a mapping of at least one service, by short lower-case names"
    )
    alarms: AlarmsConfig = Field(description=keys_of(AlarmsConfig))
    cost: CostConfig = Field(description=keys_of(CostConfig))
    chart_repositories: ChartRepositories = Field(
        default={},
        description=f"a mapping from {', '.join(charts())} to https:// addresses of repositories, or oci:// addresses "
        "of the folder that the chart is in",
    )

    @property
    def prefix(self) -> str:
        """The beginning of physical names, `openmarket-<stack>`."""
        return f"openmarket-{self.stack}"

    @property
    def cluster_name(self) -> str:
        """The name of the EKS cluster."""
        return cluster_name(self.stack)

    @property
    def database_identifier(self) -> str:
        """The identifier of the Aurora cluster that the shop uses."""
        return self.database.identifier(self.prefix)

    @property
    def tags(self) -> dict[str, str]:
        """Default tags, for what AWS creates on our behalf and the provider's defaults do not reach."""
        return self.default_tags.tags

    @property
    def urls(self) -> list[str]:
        """The addresses of services' hosts, which are also the origins of the shop's pages."""
        hosts = dict.fromkeys(route.host for route in routing.service_routes(self.web, self.domain))
        return [f"{self.scheme}://{host}" for host in hosts]

    @property
    def web(self) -> dict[str, WebConfig]:
        """The services that answer requests, by name."""
        return only(WebConfig, self.services)

    @property
    def addons_for_services(self) -> list[Addon]:
        """The add-ons that are there because a service needs them."""
        return addons_for(self.services, self.addons)

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that every service gets."""
        application = self.application
        variables = {
            "NODE_ENV": application.node_env,
            "LOG_LEVEL": application.log_level,
            "AWS_REGION": self.region,
            "SHOP_URL": f"{self.scheme}://{self.domain}",
        }
        if self.email.domain:
            variables["MAIL_DOMAIN"] = self.email.domain
        for service in self.web.values():
            if service.announced:
                url, port = service.announced
                variables[port] = str(service.port)
                if service.hosts:
                    variables[url] = f"{self.scheme}://{routing.address(service.hosts[0], self.domain)}"
        return variables | application.feature_variables

    @property
    def data(self) -> DataSettings:
        """The sections about what the shop stores."""
        return DataSettings(self.database, self.cache, self.credentials, self.storage, self.images, self.backup)

    @property
    def edge(self) -> EdgeSettings:
        """The settings of the way from the internet to the shop."""
        rules = routing.rules_of(self.ingress, self.services, self.domain, self.ingress.maintenance.enabled)
        hosts = list(dict.fromkeys(rule.host for rule in rules))
        return EdgeSettings(
            hosts=hosts,
            own_hosts=[host for host in hosts if host not in self.ingress.domains],
            rules=rules,
            ports=[service.port for service in self.web.values() if service.hosts],
            urls=self.urls,
            static_host=routing.full_name(STATIC_HOST, self.domain),
            hosted_zone_id=self.hosted_zone_id,
            ingress=self.ingress,
            firewall=self.firewall,
            shield=self.shield,
            cdn=self.cdn,
        )

    @property
    def scheme(self) -> str:
        """The scheme of the shop's addresses."""
        return "http" if self.ingress.plain_http else "https"

    @property
    def recovery_days(self) -> int:
        """Days for which deleted secrets can be restored: AWS's longest in production, and 0 elsewhere."""
        return 30 if self.production else 0
