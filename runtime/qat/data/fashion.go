package data

import (
	"context"
	"strings"
)

// The four files of Fashion-MNIST (Xiao, Rasul and Vollgraf, 1708.07747;
// https://github.com/zalandoresearch/fashion-mnist).
var fashionFiles = []file{
	{"train-images-idx3-ubyte", 47040016, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
	{"train-labels-idx1-ubyte", 60008, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
	{"t10k-images-idx3-ubyte", 7840016, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
	{"t10k-labels-idx1-ubyte", 10008, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"},
}

// FashionMNIST is photographs of ten kinds of clothing, in the sizes of MNIST and
// harder: 60,000 to train and 10,000 to test, 28×28 grey pixels.
//
// It is read from the folder "fashion-mnist" in CacheDir. What is missing there,
// or corrupt, is fetched once: from Debian's package of it, if it is installed or
// apt-get can get it, else from public mirrors. Every byte is checked against a
// fixed SHA-256 each time it is loaded.
func FashionMNIST(ctx context.Context) (*Dataset, error) {
	const folder = "/usr/share/datasets/fashion-mnist" // of the package
	return published{
		Name:  "Fashion-MNIST",
		Files: fashionFiles,
		Sources: []source{
			installed{Folder: folder},
			&debianPackage{Get: "apt-get", Unpack: "dpkg-deb", Name: "dataset-fashion-mnist", Folder: folder},
			mirror{URL: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"},
			mirror{URL: "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"},
		},
	}.images(ctx, "fashion-mnist", strings.Split("T-shirt/top,trouser,pullover,dress,coat,sandal,shirt,sneaker,bag,ankle boot", ","))
}

// FashionMNISTCache says where Fashion-MNIST is kept and which of its files are
// not there yet (by presence alone; FashionMNIST checks the content).
func FashionMNISTCache() (dir string, missed []string, err error) {
	return missing("fashion-mnist", fashionFiles)
}
