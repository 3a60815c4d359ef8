package kernel

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"

	"setun/kernel/wire"
)

// info says what this kernel is.
func (k *kernel) info(context.Context, *wire.Message) (content, error) {
	goVersion := strings.TrimPrefix(runtime.Version(), "go")
	version := Version()
	return content{
		"protocol_version":       wire.ProtocolVersion,
		"implementation":         "setun",
		"implementation_version": version,
		"language_info": content{
			"name":               "go",
			"version":            goVersion,
			"mimetype":           "text/x-go",
			"file_extension":     ".go",
			"pygments_lexer":     "go",
			"codemirror_mode":    "go",
			"nbconvert_exporter": "script",
		},
		"banner":             fmt.Sprintf("Setun %s: Go %s, cell by cell", version, goVersion),
		"debugger":           false,
		"supported_features": []string{},
		"help_links": []content{
			{"text": "Go language", "url": "https://go.dev/ref/spec"},
			{"text": "Go standard library", "url": "https://pkg.go.dev/std"},
			{"text": "BitNet b1.58", "url": "https://arxiv.org/abs/2402.17764"},
		},
	}, nil
}

// Version is the version of the program this kernel is part of, without the v;
// "devel" if it was not built from a released one.
func Version() string {
	build, ok := debug.ReadBuildInfo()
	if !ok || build.Main.Version == "" || build.Main.Version == "(devel)" {
		return "devel"
	}
	return strings.TrimPrefix(build.Main.Version, "v")
}

// usage says what the process needs. The message is not in the specification;
// ipykernel introduced it, and JupyterLab's resource indicator asks for it.
func (k *kernel) usage(context.Context, *wire.Message) (content, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	memory := []metrics.Sample{{Name: "/memory/classes/total:bytes"}}
	metrics.Read(memory)
	return content{
		"hostname":      host,
		"pid":           os.Getpid(),
		"kernel_memory": memory[0].Value.Uint64(),
		"cpu_count":     runtime.NumCPU(),
	}, nil
}
