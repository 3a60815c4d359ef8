//go:build unix

package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain lets this test binary be a peer, when it is started as one.
func TestMain(m *testing.M) {
	if kind := os.Getenv("SETUN_TEST_PEER"); kind != "" {
		bePeer(kind)
		return
	}
	os.Exit(m.Run())
}

func bePeer(kind string) {
	if kind == "stillborn" {
		return
	}
	fmt.Println("Abacus 1.0")
	for s := bufio.NewScanner(os.Stdin); s.Scan(); {
		var threads, n int
		var what string
		fmt.Sscanf(s.Text(), "%d %d %s", &threads, &n, &what)
		switch {
		case kind == "mortal":
			return
		case kind == "mad":
			fmt.Println("bananas")
		case what == "environment":
			fmt.Println("no", strings.Join(os.Environ(), " "))
		case what != "count":
			fmt.Println("no such thing as", what)
		default:
			fmt.Println("seconds", float64(n)/float64(threads))
		}
	}
}

// peerFolder makes a folder with programs that are this test binary.
func peerFolder(t *testing.T, kinds ...string) string {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range kinds {
		script := fmt.Sprintf("#!/bin/sh\nSETUN_TEST_PEER=%s exec '%s'\n", kind, self)
		if err := os.WriteFile(filepath.Join(dir, kind), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestPeer(t *testing.T) {
	t.Setenv("OPENBLAS_CORETYPE", "Haswell")
	ctx := context.Background()
	dir := peerFolder(t, "abacus")
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("no program"), 0o644); err != nil {
		t.Fatal(err)
	}
	peers, err := OpenPeers(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(peers) != 1 {
		t.Fatalf("peers %v, want the abacus alone", peers)
	}
	p := peers["abacus"]
	defer p.Close()
	if p.About != "Abacus 1.0" {
		t.Errorf("about %q", p.About)
	}
	for range 3 { // it answers again after it was frozen
		if s, err := p.time(ctx, 2, 7, "count"); err != nil || s != 3.5 {
			t.Errorf("%v s, %v, want 3.5", s, err)
		}
	}
	if _, err := p.time(ctx, 1, 1, "dance"); err == nil || err.Error() != "such thing as dance" {
		t.Errorf("a case it does not know: %v", err)
	}
	if _, err := p.time(ctx, 1, 1, "environment"); strings.Contains(err.Error(), "OPENBLAS") {
		t.Errorf("OpenBLAS is held back: %v", err)
	}
	b := &bench{peers: peers}
	if s := b.peer("abacus", "count", 6, 2); s.name != "Abacus 1.0" || s.calibrate(ctx, 0) != nil {
		t.Errorf("as a side it is called %q and fails with %v", s.name, s.failed)
	}
}

func TestPeersThatFail(t *testing.T) {
	ctx := context.Background()
	for kind, want := range map[string]string{
		"mortal": "peer mortal ended",
		"mad":    `peer mad answered "bananas", not "seconds S" or "no REASON"`,
	} {
		t.Run(kind, func(t *testing.T) {
			peers, err := OpenPeers(ctx, peerFolder(t, kind))
			if err != nil {
				t.Fatal(err)
			}
			p := peers[kind]
			defer p.Close()
			for range 2 { // it is not asked again
				if _, err := p.time(ctx, 1, 1, "count"); err == nil || err.Error() != want {
					t.Errorf("error %v, want %s", err, want)
				}
			}
		})
	}
	t.Run("stillborn", func(t *testing.T) {
		peers, err := OpenPeers(ctx, peerFolder(t, "stillborn", "abacus"))
		if err == nil || err.Error() != "peer stillborn ended" {
			t.Errorf("error %v", err)
		}
		if peers["abacus"] == nil {
			t.Error("the peer beside it is gone too")
		}
		for _, p := range peers {
			p.Close()
		}
	})
	t.Run("no folder", func(t *testing.T) {
		peers, err := OpenPeers(ctx, filepath.Join(t.TempDir(), "none"))
		if len(peers) != 0 || err != nil {
			t.Errorf("%v, %v", peers, err)
		}
	})
	t.Run("end", func(t *testing.T) {
		ctx, cancel := context.WithCancel(ctx)
		peers, err := OpenPeers(ctx, peerFolder(t, "abacus"))
		if err != nil {
			t.Fatal(err)
		}
		defer peers["abacus"].Close()
		cancel()
		if _, err := peers["abacus"].time(ctx, 1, 1, "count"); err == nil {
			t.Error("it answers after the end")
		} else if !errors.Is(err, context.Canceled) && !strings.Contains(err.Error(), "abacus") {
			t.Error(err)
		}
	})
}
