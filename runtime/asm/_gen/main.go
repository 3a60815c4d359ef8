// Command _gen writes the assembly of package asm and its Go declarations. Each
// kernel family has a file here and one there: gemm.go makes gemm_amd64.s.
//
//	go run . [-o folder]
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
	"github.com/mmcloughlin/avo/reg"
)

// families lists what is generated for amd64, by file name.
var families = []struct {
	name string
	emit func(g *gen)
}{
	{"gemm", gemm},
	{"pack", pack},
	{"ternary", ternary},
	{"elementwise", elementwise},
	{"exp", exp},
	{"activation", activation},
	{"reduce", reduce},
	{"quantize", quantize},
	{"dequantize", dequantize},
	{"optim", optim},
	{"bf16", bf16},
	{"peak", peak},
}

// familiesARM64 lists what is generated for arm64.
var familiesARM64 = []struct {
	name string
	emit func(n *neon)
}{
	{"gemm", neonGEMM},
	{"ternary", neonTernary},
	{"vector", neonVector},
	{"activation", neonActivation},
	{"peak", neonPeak},
}

func main() {
	folder := flag.String("o", "..", "folder to write to")
	flag.Parse()
	if err := generate(*folder); err != nil {
		fmt.Fprintln(os.Stderr, "_gen:", err)
		os.Exit(1)
	}
}

// generate writes every family to folder.
func generate(folder string) error {
	for _, f := range families {
		g := &gen{build.NewContext(), f.name, map[string]operand.Mem{}}
		g.ConstraintExpr("!noasm")
		f.emit(g)
		if err := g.write(folder, f.name); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	for _, f := range familiesARM64 {
		n := new(neon)
		f.emit(n)
		if err := n.write(folder, f.name); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}

// gen is avo's context with the few words the kernels share.
type gen struct {
	*build.Context
	family    string
	constants map[string]operand.Mem
}

// function begins an assembly function that keeps none of its pointers.
func (g *gen) function(name, signature string, doc ...string) {
	g.Function(name)
	g.Pragma("noescape")
	g.Attributes(4) // NOSPLIT: no frame to speak of
	g.SignatureExpr(signature)
	g.Doc(append([]string{name + " " + doc[0]}, doc[1:]...)...)
}

// arg loads a pointer or integer argument.
func (g *gen) arg(name string) reg.GPVirtual {
	return g.Load(g.Param(name), g.GP64()).(reg.GPVirtual)
}

// mem is [base + index·scale + disp].
func mem(base reg.Register, index reg.Register, scale uint8, disp int) operand.Mem {
	return operand.Mem{Base: base, Index: index, Scale: scale, Disp: disp}
}

// at is [base + disp].
func at(base reg.Register, disp int) operand.Mem { return operand.Mem{Base: base, Disp: disp} }

func imm(n int) operand.Constant { return operand.Imm(uint64(n)) }

func ref(name string) operand.LabelRef { return operand.LabelRef(name) }

// write compiles the functions and writes name_amd64.s and its declarations,
// name_stubs_amd64.go.
func (g *gen) write(folder, name string) error {
	file, err := g.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return err
	}
	cfg := printer.Config{Name: "runtime/asm/_gen", Pkg: "asm"}
	for path, p := range map[string]printer.Printer{
		name + "_amd64.s":        printer.NewGoAsm(cfg),
		name + "_stubs_amd64.go": printer.NewStubs(cfg),
	} {
		text, err := p.Print(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, path), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
