package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// A Peer is another library in a process of its own, which computes when it is
// told to. It writes a line about itself at its start; then, for each line
//
//	THREADS REPEATS CASE…
//
// it answers "seconds S" after it has done the case once to warm up and then
// REPEATS times in S seconds, or "no REASON". _peers/README.md lists the cases.
type Peer struct {
	Name  string // the name of its file: openblas
	About string // its first line: OpenBLAS 0.3.34 …

	cmd   *exec.Cmd
	in    io.WriteCloser
	lines chan string // closed at its end
	dead  error       // why it can no longer be asked
}

// patience is how long a peer may take to start or to answer: at the first ask
// for a case PyTorch compiles it.
const patience = 10 * time.Minute

// OpenPeers starts the programs in dir; each one's file name is the peer's name.
// There are none if there is no such folder. Those that do not start are left
// out, with an error for each beside the others.
func OpenPeers(ctx context.Context, dir string) (map[string]*Peer, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for peers: %w", err)
	}
	peers := map[string]*Peer{}
	var failures []error
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o100 == 0 && runtime.GOOS != "windows" {
			continue
		}
		p, err := openPeer(ctx, filepath.Join(dir, e.Name()))
		if err != nil {
			failures = append(failures, err)
			continue
		}
		peers[p.Name] = p
	}
	return peers, errors.Join(failures...)
}

func openPeer(ctx context.Context, path string) (*Peer, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	p := &Peer{
		Name:  strings.TrimSuffix(filepath.Base(path), ".exe"),
		cmd:   exec.CommandContext(ctx, abs),
		lines: make(chan string),
	}
	p.cmd.Env = peerEnv(os.Environ())
	ownGroup(p.cmd)
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("peer %s: %w", p.Name, err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("peer %s: %w", p.Name, err)
	}
	p.cmd.Stderr = os.Stderr
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("peer %s: %w", p.Name, err)
	}
	go func() {
		defer close(p.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			p.lines <- s.Text()
		}
	}()
	if p.About, err = p.line(ctx); err != nil {
		p.Close()
		return nil, err
	}
	freeze(p.cmd.Process)
	return p, nil
}

// peerEnv is the environment of a peer: ours, without what would slow it down. A
// forced OPENBLAS_CORETYPE halves a current OpenBLAS.
func peerEnv(env []string) []string {
	var out []string
	for _, v := range env {
		if !strings.HasPrefix(v, "OPENBLAS_") {
			out = append(out, v)
		}
	}
	return out
}

// line waits for the next line of the peer.
func (p *Peer) line(ctx context.Context) (string, error) {
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case l, open := <-p.lines:
		if open {
			return l, nil
		}
		p.dead = fmt.Errorf("peer %s ended", p.Name)
	case <-timeout.C:
		p.dead = fmt.Errorf("peer %s did not answer for %v", p.Name, patience)
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return "", p.dead
}

// time has the peer do n pieces of a case. It sleeps before and after.
func (p *Peer) time(ctx context.Context, threads, n int, ask string) (float64, error) {
	if p.dead != nil {
		return 0, p.dead
	}
	thaw(p.cmd.Process)
	defer freeze(p.cmd.Process)
	if _, err := fmt.Fprintf(p.in, "%d %d %s\n", threads, n, ask); err != nil {
		p.dead = fmt.Errorf("peer %s: %w", p.Name, err)
		return 0, p.dead
	}
	answer, err := p.line(ctx)
	if err != nil {
		return 0, err
	}
	kind, rest, _ := strings.Cut(answer, " ")
	switch kind {
	case "seconds":
		s, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
		if err == nil {
			return s, nil
		}
	case "no":
		return 0, errors.New(rest)
	}
	p.dead = fmt.Errorf("peer %s answered %q, not \"seconds S\" or \"no REASON\"", p.Name, answer)
	return 0, p.dead
}

// Close ends the peer.
func (p *Peer) Close() {
	thaw(p.cmd.Process)
	p.in.Close()
	_ = p.cmd.Process.Kill()
	for range p.lines { // lets the reader end
	}
	_ = p.cmd.Wait()
}
