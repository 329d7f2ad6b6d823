"""AWS Backup: vaults, plans and what they select. No backup is made, as no day passes."""

from emulator.aws import iam
from emulator.aws.resource_type import Reference, ResourceType, because, named
from emulator.aws.tokens import KEY, ROLE
from emulator.plugins.provider import ProviderError
from emulator.store import StoredObject, Transaction

VAULT = "aws:backup/vault:Vault"
PLAN = "aws:backup/plan:Plan"
SELECTION = "aws:backup/selection:Selection"


def _selection_requires(transaction: Transaction, stored: StoredObject) -> None:
    """A role that may not back up is taken by AWS, and lets every job fail: here it is refused."""
    role = str(stored.inputs.get("iamRoleArn", ""))
    needed = {"rds": "rds:CreateDBClusterSnapshot", "s3": "s3:GetObjectVersion"}
    services = {str(arn).split(":")[2] for arn in stored.inputs.get("resources") or ()}
    actions = [needed[each] for each in sorted(services & set(needed))]
    lacking = [each for each in actions if not iam.allows(transaction, role, each)]
    if lacking:
        raise ProviderError(f"the role {role} of the selection {stored.id} may not {', '.join(lacking)}")


TYPES = (
    ResourceType(
        type=VAULT, oracle="AWS::Backup::BackupVault", id=named(), name_property="name", unique=("name", "region"),
        names={
            "BackupVaultName": "name", "EncryptionKeyArn": "kmsKeyArn", "BackupVaultTags": "tags", "AccessPolicy": "",
            "Notifications": "", "LockConfiguration": "",
        },
        defaults={"forceDestroy": False},
        outputs=lambda context: {"arn": context.arn("backup", f"backup-vault:{context.id}"), "recoveryPoints": 0},
        references=(Reference("kmsKeyArn", KEY, "arn", holds=False),),
    ),
    ResourceType(
        # CloudFormation has the whole plan in one property.
        type=PLAN, id=lambda context: context.uuid("id"), name_property="name",
        also_replaces=because("the provider creates a plan of the new name", "name"),
        outputs=lambda context: {
            "arn": context.arn("backup", f"backup-plan:{context.id}"), "version": context.letters("version", 20),
        },
        volatile=("version",),
        references=(
            Reference("rules.targetVaultName", VAULT), Reference("rules.copyActions.destinationVaultArn", VAULT, "arn"),
        ),
    ),
    ResourceType(
        # CloudFormation has the whole selection in one property.
        type=SELECTION, id=lambda context: context.uuid("id"), name_property="name", taggable=False,
        imported_by=lambda stored: f"{stored.outputs['planId']}|{stored.id}",
        also_replaces=because(
            "a selection never changes", "name", "planId", "iamRoleArn", "resources", "notResources", "conditions",
            "selectionTags",
        ),
        requires=_selection_requires,
        references=(Reference("planId", PLAN), Reference("iamRoleArn", ROLE, "arn", holds=False)),
    ),
)  # fmt: skip
