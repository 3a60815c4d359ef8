// Package install tells Jupyter where the kernel is, and says what a machine
// has and lacks.
//
// A kernelspec is a folder that holds kernel.json and logos
// (https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs).
// Install writes one that starts this binary by its absolute path, Uninstall
// removes it, Find lists what is there, and Doctor looks at everything that
// must fit together: the binary, the processor, Jupyter, its kernelspecs, the
// data.
//
// Nothing here runs a notebook or knows a network; the two facts Doctor needs
// from runtime/ come from the packages that own them.
package install
