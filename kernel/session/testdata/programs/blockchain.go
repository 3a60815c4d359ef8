//go:build ignore

// Hashes and ciphers: a chain of blocks with proof of work, a Merkle tree, Caesar,
// Vigenère, RC4 by hand, base64 by hand, XOR streams, HMAC, a linear congruence.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

type digest [sha256.Size]byte

func (d digest) String() string { return hex.EncodeToString(d[:4]) }

type block struct {
	height int
	prev   digest
	root   digest
	nonce  uint32
}

func (b block) hash() digest {
	return sha256.Sum256(fmt.Appendf(nil, "%d|%x|%x|%d", b.height, b.prev, b.root, b.nonce))
}

func (b *block) mine() digest {
	for {
		if h := b.hash(); h[0] == 0 {
			return h
		}
		b.nonce++
	}
}

func merkle(leaves ...string) digest {
	level := make([]digest, len(leaves))
	for i, l := range leaves {
		level[i] = sha256.Sum256([]byte(l))
	}
	for len(level) > 1 {
		if len(level)%2 == 1 {
			level = append(level, level[len(level)-1])
		}
		for i := 0; i < len(level); i += 2 {
			level[i/2] = sha256.Sum256(append(level[i][:], level[i+1][:]...))
		}
		level = level[:len(level)/2]
	}
	return level[0]
}

type chain []block

func (c *chain) add(tx ...string) {
	b := block{height: len(*c), root: merkle(tx...)}
	if n := len(*c); n > 0 {
		b.prev = (*c)[n-1].hash()
	}
	b.mine()
	*c = append(*c, b)
}

func (c chain) valid() (bool, int) {
	for i, b := range c {
		if i > 0 && b.prev != c[i-1].hash() || b.hash()[0] != 0 {
			return false, i
		}
	}
	return true, len(c)
}

func caesar(s string, k rune) string {
	shift := func(r, base rune) rune { return base + ((r-base+k)%26+26)%26 }
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return shift(r, 'a')
		case 'A' <= r && r <= 'Z':
			return shift(r, 'A')
		}
		return r
	}, s)
}

func vigenere(s, key string, sign int) string {
	out := []byte(s)
	for i := range out {
		out[i] = byte('A' + (int(out[i]-'A')+sign*int(key[i%len(key)]-'A')+26)%26)
	}
	return string(out)
}

type rc4 struct {
	s    [256]byte
	i, j byte
}

func newRC4(key string) *rc4 {
	c := new(rc4)
	for i := range c.s {
		c.s[i] = byte(i)
	}
	var j byte
	for i := range c.s {
		j += c.s[i] + key[i%len(key)]
		c.s[i], c.s[j] = c.s[j], c.s[i]
	}
	return c
}

func (c *rc4) xor(p []byte) []byte {
	out := make([]byte, len(p))
	for k, b := range p {
		c.i++
		c.j += c.s[c.i]
		c.s[c.i], c.s[c.j] = c.s[c.j], c.s[c.i]
		out[k] = b ^ c.s[c.s[c.i]+c.s[c.j]]
	}
	return out
}

func b64(p []byte) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var b strings.Builder
	for ; len(p) > 0; p = p[min(3, len(p)):] {
		var v uint32
		for i := range 3 {
			v <<= 8
			if i < len(p) {
				v |= uint32(p[i])
			}
		}
		for i := range 4 {
			if i > len(p) {
				b.WriteByte('=')
			} else {
				b.WriteByte(digits[v>>(18-6*i)&63])
			}
		}
	}
	return b.String()
}

func main() {
	var c chain
	c.add("genesis")
	c.add("a>b 5", "b>c 2", "c>a 1")
	c.add("x", "y")
	for _, b := range c {
		fmt.Println(b.height, b.prev, b.root, b.nonce, b.hash())
	}
	fmt.Println(c.valid())
	forged := append(chain(nil), c...)
	forged[1].root = merkle("a>b 500")
	fmt.Println(forged.valid())
	fmt.Println(c.valid())

	fmt.Println(caesar("Hello, World!", 3), caesar(caesar("Hello, World!", 3), -3))
	v := vigenere("ATTACKATDAWN", "LEMON", 1)
	fmt.Println(v, vigenere(v, "LEMON", -1))
	fmt.Printf("%X %s\n", newRC4("Key").xor([]byte("Plaintext")), newRC4("k").xor(newRC4("k").xor([]byte("round trip"))))
	for _, s := range []string{"", "M", "Ma", "Man", "light work."} {
		fmt.Print(b64([]byte(s)), b64([]byte(s)) == base64.StdEncoding.EncodeToString([]byte(s)), " ")
	}
	fmt.Println()
	mac := hmac.New(sha256.New, []byte("key"))
	io.WriteString(mac, "The quick brown fox jumps over the lazy dog")
	sum := mac.Sum([]byte{0xff})
	fmt.Printf("%x %v\n", sum[:5], hmac.Equal(sum[1:], mac.Sum(nil)))
	fmt.Printf("%x %x\n", md5.Sum(nil), bytes.Repeat([]byte{0xab}, 3))
}
