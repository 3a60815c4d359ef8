#!/bin/sh
# Sets up the peers of setun bench: setup.sh DIR. In DIR/bin there is then a
# program for each peer, which speaks as README.md says. Needs Python and a C
# compiler; a peer that cannot be had is left out, and the bench says so.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/bin"
dir=$(cd "$1" && pwd)
[ "$dir/ready" -nt "$here/requirements.txt" ] && [ "$dir/ready" -nt "$here/setup.sh" ] &&
	[ -z "$(find "$here" -name '*.[ch]' -newer "$dir/ready")" ] && exit 0

${PYTHON:-python3} -m venv "$dir/venv"
python=$dir/venv/bin/python
"$python" -m pip install -q --disable-pip-version-check -r "$here/requirements.txt"
packages=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

# program NAME COMMAND…: what is run as the peer NAME.
program() {
	name=$1
	shift
	{
		echo '#!/bin/sh'
		echo "exec $*"
	} >"$dir/bin/$name.new"
	chmod 755 "$dir/bin/$name.new"
	mv "$dir/bin/$name.new" "$dir/bin/$name"
}

cc=${CC:-cc}
$cc -O2 -o "$dir/openblas" "$here/openblas.c" -ldl -lm
program openblas "'$dir/openblas' '$packages/scipy_openblas32/lib/libscipy_openblas.so'"

# Debian's build on OpenMP is older, but shares out small products better.
omp=$(ls /usr/lib/*/openblas-openmp/libopenblas.so.0 2>/dev/null | head -1)
[ -z "$omp" ] || program openblas-openmp "'$dir/openblas' '$omp'"

ggml=$packages/libggml
$cc -O2 -I"$ggml/include" -o "$dir/ggml" "$here/ggml.c" -L"$ggml/lib64" -lggml-cpu -lggml-base -Wl,-rpath,"$ggml/lib64" -lm
program ggml "'$dir/ggml'"

# A training step frees and takes the same megabytes again and again: memory that
# goes back to the system in between costs a page fault each time.
malloc="MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=268435456"
tcmalloc=$(ls /usr/lib/*/libtcmalloc_minimal.so.4 2>/dev/null | head -1)
[ -z "$tcmalloc" ] || malloc="LD_PRELOAD='$tcmalloc'"
program pytorch "env $malloc TORCHINDUCTOR_CACHE_DIR='$dir/inductor' '$python' '$here/pytorch.py'"
touch "$dir/ready"
