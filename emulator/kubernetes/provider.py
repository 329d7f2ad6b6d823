"""The `kubernetes` provider plugin: declared objects and Helm releases on a real API server."""

from emulator.kubernetes import connection, naming, replacement, settings
from emulator.kubernetes.api import Api, ApiError, Unreachable
from emulator.kubernetes.connection import CredentialsError, InvalidKubeconfig
from emulator.kubernetes.helm import release_inputs
from emulator.kubernetes.helm.releases import Releases
from emulator.kubernetes.objects import Objects, gvk
from emulator.kubernetes.settings import Settings
from emulator.plugins.provider import Call, Diff, Failure, Properties, Provider, ProviderError, Resource
from emulator.plugins.values import differences, has_unknown

_RELEASE = "kubernetes:helm.sh/v3:Release"
_NOT_SUPPORTED = ("kubernetes:helm.sh/", "kubernetes:yaml", "kubernetes:kustomize", "kubernetes:index")


class KubernetesProvider(Provider):
    """One provider instance: one kubeconfig."""

    def __init__(self) -> None:
        self._settings = Settings()
        self._api: Api | None = None

    def check_config(self, config: Properties) -> list[Failure]:
        """See `settings.check`."""
        return settings.check(config)

    def diff_config(self, old: Properties, new: Properties) -> Diff:
        """See `settings.diff`."""
        return settings.diff(old, new)

    def configure(self, config: Properties) -> None:
        """Prepare a client. Nothing is contacted yet: the cluster may be gone, or still to be created."""
        self._settings = settings.of(config)
        kubeconfig = config.get("kubeconfig")
        if not kubeconfig or has_unknown(kubeconfig):
            return
        try:
            self._api = connection.connect(connection.parse(kubeconfig), str(config.get("context") or ""))
        except InvalidKubeconfig as error:
            raise ProviderError(str(error)) from error

    def check(self, resource: Resource, inputs: Properties, seed: bytes) -> tuple[Properties, list[Failure]]:
        """Fill in name and namespace."""
        if resource.type == _RELEASE:
            return release_inputs.check(resource, inputs, seed)
        _refuse_unsupported(resource)
        api_version, kind = gvk(Resource(resource.urn, resource.type, resource.name, inputs=inputs))
        filled = {"apiVersion": api_version, "kind": kind, **inputs}
        filled = naming.named(filled, resource.inputs, resource.name, seed)
        if not has_unknown(filled["metadata"].get("namespace")):
            try:
                filled = naming.placed(filled, self._settings.namespace, self._api)
            except (ApiError, CredentialsError) as error:
                raise ProviderError(str(error)) from error
        return filled, []

    def diff(self, resource: Resource, inputs: Properties) -> Diff:
        """Compare inputs; immutable fields replace, deleting first where the name stays the same."""
        paths = differences(resource.inputs, inputs)
        if resource.type == _RELEASE:
            return release_inputs.diff(resource.inputs, inputs, paths)
        api_version, kind = gvk(resource)
        replaces = replacement.replaced(paths, api_version.rpartition("/")[0], kind, self._settings)
        if replacement.asks_for_done(inputs) and self._is_undone(resource):
            paths, replaces = {**paths, replacement.UNREADY: "update"}, replaces | {replacement.UNREADY}
        same_place = {"metadata.name", "metadata.namespace"}.isdisjoint(replaces)
        return Diff(paths, replaces, bool(replaces) and same_place and not naming.is_autonamed(inputs))

    def create(self, resource: Resource, inputs: Properties, call: Call) -> tuple[str, Properties]:
        """Create the object or install the release, and wait for it."""
        if self._api is None and call.preview:
            return "", inputs
        with _Explained():
            if resource.type == _RELEASE:
                return Releases(self._client()).create(inputs, call)
            return Objects(self._client(), self._settings).create(inputs, call)

    def read(self, resource: Resource) -> tuple[Properties, Properties] | None:
        """The object or release as it is now."""
        with _Explained():
            if resource.type == _RELEASE:
                return Releases(self._client()).read(resource)
            return Objects(self._client(), self._settings).read(resource)

    def update(self, resource: Resource, inputs: Properties, call: Call) -> Properties:
        """Apply the object or upgrade the release, and wait for it."""
        if self._api is None and call.preview:
            return {**resource.outputs, **inputs}
        with _Explained():
            if resource.type == _RELEASE:
                return Releases(self._client()).update(resource, inputs, call)
            return Objects(self._client(), self._settings).update(resource, inputs, call)

    def delete(self, resource: Resource, call: Call) -> None:
        """Delete the object or uninstall the release, and wait until it is gone."""
        try:
            with _Explained():
                if resource.type == _RELEASE:
                    Releases(self._client()).delete(resource, call)
                else:
                    Objects(self._client(), self._settings).delete(resource, call)
        except ClusterUnreachable:
            if not self._settings.delete_unreachable:
                raise

    def _is_undone(self, job: Resource) -> bool:
        try:
            return self._api is not None and replacement.undone(Objects(self._api, self._settings).live(job))
        except (ApiError, Unreachable, CredentialsError):
            # As the real provider does: no answer changes nothing.
            return False

    def _client(self) -> Api:
        if self._api is None:
            raise ClusterUnreachable("configured Kubernetes cluster is unreachable: the kubeconfig is not known")
        return self._api


class ClusterUnreachable(ProviderError):
    """The API server does not answer, or gives no credentials."""


class _Explained:
    """Turns what goes wrong between us and the API server into the provider's own words."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, (Unreachable, CredentialsError)):
            raise ClusterUnreachable(f"configured Kubernetes cluster is unreachable: {error}") from error
        if isinstance(error, ApiError):
            raise ProviderError(f"the Kubernetes API server reported: {error}") from error


def _refuse_unsupported(resource: Resource) -> None:
    if resource.type.startswith(_NOT_SUPPORTED) or resource.type.endswith(("Patch", "List")):
        raise ProviderError(
            f"The emulator does not know the resource type {resource.type}: objects and {_RELEASE} are what it has"
        )
