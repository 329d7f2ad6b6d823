"""Images in the simulated ECR. Only their names exist: nothing could run them here."""

import hashlib

from emulator.aws.ownership import owner_key
from emulator.aws.types.ecr import IMAGE, REPOSITORY
from emulator.store import Store, StoredObject


def push(store: Store, repository_name: str, tag: str) -> str:
    """Pretend that an image was built and pushed; pods that name its tag or its digest start from then on.

    Returns:
        The image's full name with its digest, which another tag makes another one.

    Raises:
        LookupError: There is no such repository.
    """
    with store.transaction() as account:
        repository = account.get(REPOSITORY, repository_name)
        if repository is None:
            known = ", ".join(found.id for found in account.find(REPOSITORY)) or "none: `make up` first"
            raise LookupError(f"there is no repository {repository_name}; there is {known}")
        url = repository.outputs["repositoryUrl"]
        image = f"{url}@sha256:{hashlib.sha256(f'{url}:{tag}'.encode()).hexdigest()}"
        for name in (f"{url}:{tag}", image):
            outputs = {"repositoryName": repository.id, "ownedBy": owner_key(repository)}
            account.put(StoredObject(IMAGE, name, outputs=outputs))
    return image
