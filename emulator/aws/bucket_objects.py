"""Implements the emulator's `aws s3api` for objects and their versions, which a bucket with versioning keeps."""

import argparse
import hashlib
import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from emulator.aws.types.s3 import BUCKET, OBJECT
from emulator.plugins.provider import ProviderError
from emulator.store import Store, StoredObject, Transaction

VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
_UNVERSIONED = "null"
"""The id of the only version of an object in a bucket without versioning."""


def put_object(store: Store, arguments: argparse.Namespace) -> str:
    """Store a file as the newest version of an object. Its content is not kept, only its size, checksum and type."""
    try:
        content = Path(arguments.body).read_bytes()
    except OSError as error:
        raise ProviderError(f"ParamValidation: --body {arguments.body}: {error.strerror}") from None
    with store.transaction() as account:
        made = _store(account, arguments, content)
    return json.dumps({"ETag": made.outputs["etag"], **_version_id(made)})


def copy_folder(store: Store, arguments: argparse.Namespace) -> str:
    """Store the files of a folder as objects below a prefix: `aws s3 cp FOLDER s3://BUCKET/PREFIX/ --recursive`."""
    source, target = (*arguments.paths, "", "")[:2]
    bucket, _, prefix = target.removeprefix("s3://").partition("/")
    if not (arguments.recursive and target.startswith("s3://") and Path(source).is_dir()):
        raise ProviderError("aws s3 (emulator): it knows cp FOLDER s3://BUCKET/PREFIX/ --recursive")
    prefix = f"{prefix.rstrip('/')}/" if prefix else ""
    with store.transaction() as account:
        for file in sorted(path for path in Path(source).rglob("*") if path.is_file()):
            one = vars(arguments) | {"bucket": bucket, "key": f"{prefix}{file.relative_to(source).as_posix()}"}
            _store(account, argparse.Namespace(**one), file.read_bytes())
    return ""


def list_objects(store: Store, arguments: argparse.Namespace) -> str:
    """The objects whose key begins with `--prefix`, by key. For none the AWS CLI prints nothing."""
    with store.transaction() as account:
        _require(account, arguments.bucket)
        found = [each for each in account.find(OBJECT, bucket=arguments.bucket) if _begins(each, arguments.prefix)]
    newest = {str(each.outputs["key"]): each for each in found}
    there = [newest[key] for key in sorted(newest) if not newest[key].outputs["marker"]]
    contents = [
        {
            "Key": each.outputs["key"],
            "LastModified": datetime.fromtimestamp(each.created, UTC).isoformat(),
            "ETag": each.outputs["etag"],
            "Size": each.outputs["size"],
        }
        for each in there
    ]
    return json.dumps({"Contents": contents}) if contents else ""


def delete_object(store: Store, arguments: argparse.Namespace) -> str:
    """Delete one version for good; or without one, put a marker before all of them where the bucket keeps versions."""
    with store.transaction() as account:
        versions = _versions(account, arguments)
        if arguments.version_id:
            gone = [each for each in versions if each.outputs["versionId"] == arguments.version_id]
            for each in gone:
                account.remove(OBJECT, each.id)
            marker = {"DeleteMarker": True} if any(each.outputs["marker"] for each in gone) else {}
            return json.dumps({**marker, "VersionId": arguments.version_id})
        if not _keeps_versions(account, arguments.bucket):
            for each in versions:
                account.remove(OBJECT, each.id)
            return ""
        return json.dumps({"DeleteMarker": True, **_version_id(_add(account, arguments, marker=True))})


def head_object(store: Store, arguments: argparse.Namespace) -> str:
    """What an object is, unless it does not exist or its newest version is a marker."""
    with store.transaction() as account:
        newest = next(reversed(_versions(account, arguments)), None)
    if newest is None or newest.outputs["marker"]:
        raise ProviderError("(404) when calling the HeadObject operation: Not Found")
    about = {"ContentLength": newest.outputs["size"], "ETag": newest.outputs["etag"], **newest.outputs["headers"]}
    return json.dumps({**about, **_version_id(newest)})


def list_object_versions(store: Store, arguments: argparse.Namespace) -> str:
    """The versions and the markers of objects whose key begins with `--prefix`, the newest first."""
    with store.transaction() as account:
        _require(account, arguments.bucket)
        found = [each for each in account.find(OBJECT, bucket=arguments.bucket) if _begins(each, arguments.prefix)]
    newest = {str(each.outputs["key"]): each.id for each in found}
    lists: dict[str, list[dict[str, Any]]] = {"Versions": [], "DeleteMarkers": []}
    for each in reversed(found):
        about = {"Key": each.outputs["key"], "VersionId": each.outputs["versionId"]}
        about["IsLatest"] = newest[about["Key"]] == each.id
        about["LastModified"] = datetime.fromtimestamp(each.created, UTC).isoformat()
        if each.outputs["marker"]:
            lists["DeleteMarkers"].append(about)
        else:
            lists["Versions"].append({**about, "ETag": each.outputs["etag"], "Size": each.outputs["size"]})
    return json.dumps({name: listed for name, listed in lists.items() if listed})


def _store(account: Transaction, arguments: argparse.Namespace, content: bytes) -> StoredObject:
    etag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
    headers = {"ContentType": arguments.content_type, "CacheControl": arguments.cache_control}
    given = {name: value for name, value in headers.items() if value}
    return _add(account, arguments, marker=False, size=len(content), etag=etag, headers=given)


def _add(account: Transaction, arguments: argparse.Namespace, marker: bool, **more: Any) -> StoredObject:
    _require(account, arguments.bucket)
    kept = _keeps_versions(account, arguments.bucket)
    version = uuid.uuid4().hex if kept else _UNVERSIONED
    outputs = {"bucket": arguments.bucket, "key": arguments.key, "versionId": version, "marker": marker, **more}
    made = StoredObject(OBJECT, f"{arguments.bucket}|{arguments.key}|{version}", outputs=outputs)
    account.put(made)
    return made


def _versions(account: Transaction, arguments: argparse.Namespace) -> list[StoredObject]:
    """Return the versions of an object, the oldest first."""
    _require(account, arguments.bucket)
    return account.find(OBJECT, bucket=arguments.bucket, key=arguments.key)


def _require(account: Transaction, bucket: str) -> None:
    if account.get(BUCKET, bucket) is None:
        raise ProviderError("NoSuchBucket: The specified bucket does not exist")


def _keeps_versions(account: Transaction, bucket: str) -> bool:
    found = account.get(VERSIONING, bucket)
    return bool(found) and found.outputs["versioningConfiguration"].get("status") == "Enabled"


def _begins(stored: StoredObject, prefix: str) -> bool:
    return str(stored.outputs["key"]).startswith(prefix)


def _version_id(stored: StoredObject) -> dict[str, str]:
    version = str(stored.outputs["versionId"])
    return {} if version == _UNVERSIONED else {"VersionId": version}
