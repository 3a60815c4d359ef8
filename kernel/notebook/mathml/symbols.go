package mathml

// identifiers are commands for letters and other ordinary symbols.
var identifiers = map[string]string{
	"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε",
	"zeta": "ζ", "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ",
	"lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
	"tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
	"Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π",
	"Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
	"infty": "∞", "partial": "∂", "nabla": "∇", "ell": "ℓ", "hbar": "ℏ", "Re": "ℜ", "Im": "ℑ",
	"emptyset": "∅", "varnothing": "∅", "top": "⊤", "bot": "⊥", "ldots": "…", "dots": "…",
	"cdots": "⋯", "vdots": "⋮", "ddots": "⋱", "prime": "′", "dagger": "†", "%": "%", "#": "#", "$": "$", "_": "_",
}

// operators are commands for relations, binary operators and arrows.
var operators = map[string]string{
	"cdot": "⋅", "times": "×", "div": "÷", "pm": "±", "mp": "∓", "ast": "∗", "star": "⋆",
	"circ": "∘", "odot": "⊙", "oplus": "⊕", "otimes": "⊗", "bullet": "∙",
	"le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "ll": "≪", "gg": "≫",
	"approx": "≈", "sim": "∼", "simeq": "≃", "cong": "≅", "equiv": "≡", "propto": "∝",
	"in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂", "subseteq": "⊆", "supset": "⊃", "supseteq": "⊇",
	"cup": "∪", "cap": "∩", "setminus": "∖", "wedge": "∧", "land": "∧", "vee": "∨", "lor": "∨",
	"neg": "¬", "lnot": "¬", "forall": "∀", "exists": "∃", "mid": "∣", "parallel": "∥", "perp": "⟂",
	"to": "→", "rightarrow": "→", "leftarrow": "←", "gets": "←", "leftrightarrow": "↔",
	"Rightarrow": "⇒", "implies": "⟹", "Leftarrow": "⇐", "Leftrightarrow": "⇔", "iff": "⟺",
	"mapsto": "↦", "longrightarrow": "⟶", "uparrow": "↑", "downarrow": "↓", "colon": ":",
}

// large are the operators whose scripts are limits, above and below in display
// style.
var large = map[string]string{
	"sum": "∑", "prod": "∏", "int": "∫", "bigcup": "⋃", "bigcap": "⋂", "bigoplus": "⨁",
}

// functions are set upright. Those with true take limits below.
var functions = map[string]bool{
	"log": false, "ln": false, "exp": false, "sin": false, "cos": false, "tan": false,
	"sinh": false, "cosh": false, "tanh": false, "arg": false, "dim": false, "ker": false,
	"max": true, "min": true, "sup": true, "inf": true, "lim": true, "det": true, "Pr": true,
}

// fences are what may follow \left, \right and \big.
var fences = map[string]string{
	"(": "(", ")": ")", "[": "[", "]": "]", "|": "|", "/": "/", ".": "",
	`\{`: "{", `\}`: "}", `\lbrace`: "{", `\rbrace`: "}", `\|`: "‖", `\Vert`: "‖", `\vert`: "|",
	`\lvert`: "|", `\rvert`: "|", `\lVert`: "‖", `\rVert`: "‖",
	`\lfloor`: "⌊", `\rfloor`: "⌋", `\lceil`: "⌈", `\rceil`: "⌉", `\langle`: "⟨", `\rangle`: "⟩",
}

// sizes are the heights of \big and its kin, in em.
var sizes = map[string]string{
	"big": "1.2em", "bigl": "1.2em", "bigr": "1.2em", "bigm": "1.2em",
	"Big": "1.8em", "Bigl": "1.8em", "Bigr": "1.8em", "Bigm": "1.8em",
	"bigg": "2.4em", "biggl": "2.4em", "biggr": "2.4em",
	"Bigg": "3em", "Biggl": "3em", "Biggr": "3em",
}

// spaces are widths in em.
var spaces = map[string]string{
	",": "0.1667em", ":": "0.2222em", ">": "0.2222em", ";": "0.2778em", "!": "-0.1667em",
	" ": "0.25em", "quad": "1em", "qquad": "2em", "enspace": "0.5em",
}

// accents stand above what follows.
var accents = map[string]string{
	"hat": "^", "widehat": "^", "tilde": "~", "widetilde": "~", "bar": "‾", "overline": "‾",
	"vec": "→", "dot": "˙", "ddot": "¨", "check": "ˇ",
}

// alphabets map the letters A to Z and a to z, and the digits, of a style to
// Unicode's mathematical alphabets; 0 where there is none.
var alphabets = map[string]struct{ upper, lower, digit rune }{
	"mathbf":     {0x1d400, 0x1d41a, 0x1d7ce},
	"boldsymbol": {0x1d468, 0x1d482, 0x1d7ce},
	"mathcal":    {0x1d49c, 0x1d4b6, 0},
	"mathbb":     {0x1d538, 0x1d552, 0x1d7d8},
	"mathsf":     {0x1d5a0, 0x1d5ba, 0x1d7e2},
	"mathtt":     {0x1d670, 0x1d68a, 0x1d7f6},
}

// holes are the letters that Unicode had before those alphabets came.
var holes = map[rune]rune{
	0x1d49d: 'ℬ', 0x1d4a0: 'ℰ', 0x1d4a1: 'ℱ', 0x1d4a3: 'ℋ', 0x1d4a4: 'ℐ', 0x1d4a7: 'ℒ', 0x1d4a8: 'ℳ', 0x1d4ad: 'ℛ',
	0x1d4ba: 'ℯ', 0x1d4bc: 'ℊ', 0x1d4c4: 'ℴ',
	0x1d53a: 'ℂ', 0x1d53f: 'ℍ', 0x1d545: 'ℕ', 0x1d547: 'ℙ', 0x1d548: 'ℚ', 0x1d549: 'ℝ', 0x1d551: 'ℤ',
}
