package display

import (
	"math"
	"strconv"
	"strings"
)

// huge and tiny bound what is drawn: beyond them differences overflow and
// ratios vanish.
const (
	huge = 1e300
	tiny = 1e-300
)

func finite(v float64) bool {
	return math.Abs(v) <= huge // false for NaN
}

// drawable says whether v has a place on an axis, inside its domain or not.
func drawable(v float64, log bool) bool { return finite(v) && (!log || v >= tiny) }

// num marshals to JSON with seven significant digits, those that a float32
// has, and as null when it is NaN or infinite, which JSON cannot say.
type num float64

func (n num) MarshalJSON() ([]byte, error) {
	v := float64(n)
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return []byte("null"), nil
	case v == math.Trunc(v) && math.Abs(v) < 1<<53:
		return strconv.AppendInt(nil, int64(v), 10), nil
	}
	return strconv.AppendFloat(nil, v, 'g', 7, 64), nil
}

// A format writes numbers the same way here and in Vega, as the d3-format
// specifier says.
type format struct {
	d3       string
	decimals int    // of the fixed and exponent notations
	zero     string // how zero is written, if not by d3
}

// String writes v as d3-format does with f.
func (f format) String(v float64) string {
	if v == 0 {
		v = 0 // no minus sign
	}
	var s string
	switch {
	case v == 0 && f.zero != "":
		return f.zero
	case strings.HasSuffix(f.d3, "%"):
		s = strconv.FormatFloat(100*v, 'f', f.decimals, 64) + "%"
	case strings.HasSuffix(f.d3, "e"):
		s = exponent(strconv.FormatFloat(v, 'e', f.decimals, 64))
	case strings.HasSuffix(f.d3, "p"):
		s = strconv.FormatFloat(round(100*v, 6), 'f', -1, 64) + "%"
	case strings.HasSuffix(f.d3, "s"):
		s = si(v)
	case strings.HasSuffix(f.d3, "r"):
		s = group(strconv.FormatFloat(round(v, 6), 'f', -1, 64))
	default:
		s = group(strconv.FormatFloat(v, 'f', f.decimals, 64))
	}
	return strings.Replace(s, "-", "−", 1)
}

func fixed(decimals int) format {
	return format{d3: ",." + strconv.Itoa(decimals) + "f", decimals: decimals, zero: "0"}
}

func percent(decimals int) format {
	return format{d3: "." + strconv.Itoa(decimals) + "%", decimals: decimals, zero: "0%"}
}

func scientific(decimals int) format {
	return format{d3: "." + strconv.Itoa(decimals) + "e", decimals: decimals, zero: "0"}
}

var (
	siPrefixed = format{d3: "~s"}
	plainly    = format{d3: ",~r"} // six significant digits, no exponent
)

// exponent turns Go's 1e-06 into JavaScript's 1e-6, with d3's minus sign.
func exponent(s string) string {
	mantissa, exp, _ := strings.Cut(s, "e")
	sign := exp[:1]
	if sign == "-" {
		sign = "−"
	}
	return mantissa + "e" + sign + strings.TrimPrefix(exp[1:], "0")
}

// si writes v ≥ 1 in thousands: 1.5M.
func si(v float64) string {
	prefix := 0
	for math.Abs(v) >= 1000 && prefix < 8 {
		v /= 1000
		prefix++
	}
	return strconv.FormatFloat(round(v, 6), 'f', -1, 64) + strings.TrimSpace(" kMGTPEZY"[prefix:prefix+1])
}

// group puts commas between thousands.
func group(s string) string {
	whole, rest, point := strings.Cut(s, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if point {
		whole += "." + rest
	}
	return sign + whole
}

// round keeps so many significant digits.
func round(v float64, digits int) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// short writes v for a sentence: four significant digits.
func short(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Inf"
	case math.IsInf(v, -1):
		return "−Inf"
	case v == math.Trunc(v) && a < 1e7:
		return fixed(0).String(v)
	case a >= 1e7 || a < 1e-4:
		return strings.Replace(exponent(strconv.FormatFloat(v, 'e', 2, 64)), "-", "−", 1)
	}
	return strings.Replace(group(strconv.FormatFloat(round(v, 4), 'f', -1, 64)), "-", "−", 1)
}

// shortPercent writes a fraction of one for a sentence.
func shortPercent(v float64) string {
	if !finite(v) {
		return short(v)
	}
	return strings.Replace(strconv.FormatFloat(100*v, 'f', 2, 64), "-", "−", 1) + "%"
}
