// The plugin pulumi-resource-kubernetes: the provider's own server, without the schema that only code generators ask for.
package main

import "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"

// The version of the Python SDK that the plugin serves, set by the linker.
var version string

func main() {
	provider.Serve("kubernetes", version, []byte(`{"name":"kubernetes"}`), []byte(`{}`))
}
