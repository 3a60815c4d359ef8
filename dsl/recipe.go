package dsl

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"

	"setun/runtime/qat/optim"
)

// recipes are the words that a configuration may write its recipes with.
var recipes = map[string]reflect.Value{
	"AdamW": reflect.ValueOf(AdamW), "Adam": reflect.ValueOf(Adam), "SGD": reflect.ValueOf(SGD), "Lion": reflect.ValueOf(Lion),
	"Constant": reflect.ValueOf(Constant), "Cosine": reflect.ValueOf(Cosine), "LinearDecay": reflect.ValueOf(LinearDecay),
	"Exponential": reflect.ValueOf(Exponential), "StepDecay": reflect.ValueOf(StepDecay), "WSD": reflect.ValueOf(WSD),
	"TwoStage": reflect.ValueOf(TwoStage), "Warmup": reflect.ValueOf(warmedUp),
	"LabelSmoothing": reflect.ValueOf(LabelSmoothing),
	"EarlyStop":      reflect.ValueOf(EarlyStop), "By": reflect.ValueOf(By), "Settled": reflect.ValueOf(Settled),
	"Monitor": reflect.ValueOf(Monitor), "Every": reflect.ValueOf(Every), "Average": reflect.ValueOf(Average),
	"SizePenalty": reflect.ValueOf(SizePenalty), "GridPenalty": reflect.ValueOf(GridPenalty),
	"SparsityPenalty": reflect.ValueOf(SparsityPenalty), "ActivationPenalty": reflect.ValueOf(ActivationPenalty),
	"LambdaWarmup": reflect.ValueOf(LambdaWarmup), "SoftToHard": reflect.ValueOf(SoftToHard), "ShortFirst": reflect.ValueOf(ShortFirst),
}

// numbers are the types that stand around a number in a recipe, and Betas.
var numbers = map[string]reflect.Type{
	"Betas": reflect.TypeFor[Betas](), "Eps": reflect.TypeFor[Eps](), "Decay": reflect.TypeFor[Decay](), "DecayAll": reflect.TypeFor[DecayAll](), "Momentum": reflect.TypeFor[Momentum](),
}

// warmedUp is a schedule with a Warmup before it, as a configuration writes it.
func warmedUp(steps int, s Schedule) Schedule {
	s.Name = fmt.Sprintf("Warmup(%d, %s)", steps, s.Name)
	s.factor = optim.Warmup(steps, s.factor)
	return s
}

// evaluate makes what a recipe says, such as AdamW(0.001, Decay(0.1)): a call of
// one of the recipes, and nothing else.
func evaluate[T any](recipe string) (value T, err error) {
	defer func() { // the recipes panic with errors of their own
		switch v := recover().(type) {
		case nil:
		case error:
			err = fmt.Errorf("%s: %w", recipe, v)
		default:
			panic(v)
		}
	}()
	if strings.Contains(recipe, "; ") {
		return value, fmt.Errorf("%s: there are groups, and a file cannot say which parameters are theirs: take it out and give it as an option", recipe)
	}
	tree, err := parser.ParseExpr(recipe)
	if err != nil {
		return value, fmt.Errorf("%s: %w", recipe, err)
	}
	got := evaluateAs(tree, reflect.TypeFor[T]())
	return got.Interface().(T), nil
}

// evaluateAs is the value of an expression where one of type want is needed.
func evaluateAs(e ast.Expr, want reflect.Type) reflect.Value {
	switch e := e.(type) {
	case *ast.BasicLit:
		return literal(e, want)
	case *ast.CallExpr:
		name, _ := e.Fun.(*ast.Ident)
		if name == nil {
			break
		}
		var got reflect.Value
		if f, ok := recipes[name.Name]; ok {
			got = call(name.Name, f, e.Args)
		} else if t, ok := numbers[name.Name]; ok && len(e.Args) == 1 {
			got = evaluateAs(e.Args[0], reflect.TypeFor[float64]()).Convert(t)
		} else {
			panic(fmt.Errorf("there is no recipe %s", name.Name))
		}
		return assignable(got, want)
	case *ast.CompositeLit:
		name, _ := e.Type.(*ast.Ident)
		if name == nil || name.Name != "Betas" || len(e.Elts) != 2 {
			break
		}
		var b Betas
		for i, x := range e.Elts {
			b[i] = evaluateAs(x, reflect.TypeFor[float64]()).Float()
		}
		return assignable(reflect.ValueOf(b), want)
	}
	panic(fmt.Errorf("a recipe is made of words and numbers, as in AdamW(0.001, Decay(0.1))"))
}

// call calls f with the values of args.
func call(name string, f reflect.Value, args []ast.Expr) reflect.Value {
	t := f.Type()
	least := t.NumIn()
	if t.IsVariadic() {
		least--
	}
	if len(args) < least || len(args) > least && !t.IsVariadic() {
		panic(fmt.Errorf("%s with %d arguments; want %d", name, len(args), least))
	}
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		if i < least {
			in[i] = evaluateAs(a, t.In(i))
		} else {
			in[i] = evaluateAs(a, t.In(least).Elem())
		}
	}
	return f.Call(in)[0]
}

// literal is a number.
func literal(l *ast.BasicLit, want reflect.Type) reflect.Value {
	switch want.Kind() {
	case reflect.Int:
		if n, err := strconv.Atoi(l.Value); err == nil && l.Kind == token.INT {
			return reflect.ValueOf(n).Convert(want)
		}
	case reflect.Float64:
		if v, err := strconv.ParseFloat(l.Value, 64); err == nil && (l.Kind == token.INT || l.Kind == token.FLOAT) {
			return reflect.ValueOf(v).Convert(want)
		}
	}
	panic(fmt.Errorf("%s where a %s is wanted", l.Value, want))
}

func assignable(v reflect.Value, want reflect.Type) reflect.Value {
	if !v.Type().AssignableTo(want) {
		panic(fmt.Errorf("a %s where a %s is wanted", v.Type(), want))
	}
	return v
}
