package display

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// A view builds the Vega-Lite view of one panel.
type view struct {
	plan   *plan
	panel  *panel
	number int // of the panel, from the top
	layers []object
}

// view is the specification of panel i; the data go into data by name.
func (p *plan) view(i int, data object) object {
	v := &view{plan: p, panel: &p.panels[i], number: i}
	tables := v.tables()
	for _, t := range tables {
		data[t.name] = v.rows(t)
	}
	marks := v.panel.marks
	pointed := false
	for j := range marks {
		if marks[j].kind >= pointMark && !pointed {
			// Above lines, which do not answer the pointer, and below
			// points, which do.
			v.pointer(tables)
			pointed = true
		}
		v.mark(j, tables)
	}
	if !pointed {
		v.pointer(tables)
	}
	for _, l := range v.panel.labels {
		v.label(l)
	}
	if len(v.layers) == 0 {
		v.layers = append(v.layers, object{"data": object{"values": []object{{}}}, "mark": object{"type": "point", "opacity": 0}})
	}
	return object{
		"width":  num(p.width),
		"height": num(v.panel.height),
		"layer":  v.layers,
	}
}

// A table is the data of all marks of a panel that share their x.
type table struct {
	name  string
	x     []float64
	marks []int
}

func (v *view) tables() []*table {
	var tables []*table
	for j := range v.panel.marks {
		m := &v.panel.marks[j]
		if m.kind == ruleMark {
			continue
		}
		k := slices.IndexFunc(tables, func(t *table) bool { return slices.Equal(t.x, m.x) })
		if k < 0 {
			k = len(tables)
			tables = append(tables, &table{name: fmt.Sprintf("panel%d_%d", v.number, k), x: m.x})
		}
		tables[k].marks = append(tables[k].marks, j)
	}
	return tables
}

func (v *view) rows(t *table) []object {
	rows := make([]object, len(t.x))
	for i, x := range t.x {
		row := object{"x": num(x)}
		for _, j := range t.marks {
			m := &v.panel.marks[j]
			row[field(j)] = num(m.hi[i])
			switch m.kind {
			case bandMark:
				row[lowField(j)] = num(m.lo[i])
			case barMark:
				row[leftField(j)], row[rightField(j)] = num(max(x-m.width/2, v.plan.x.min)), num(min(x+m.width/2, v.plan.x.max))
			}
		}
		rows[i] = row
	}
	return rows
}

func field(j int) string      { return fmt.Sprintf("y%d", j) }
func lowField(j int) string   { return fmt.Sprintf("y%d_low", j) }
func leftField(j int) string  { return fmt.Sprintf("x%d_left", j) }
func rightField(j int) string { return fmt.Sprintf("x%d_right", j) }

func (v *view) x(field string) object {
	return v.channel(field, v.plan.x, v.xAxis())
}

func (v *view) y(field string) object {
	return v.channel(field, v.panel.y, v.yAxis())
}

// channel maps a field through s, whose domain and ticks are fixed here so that
// the PNG shows the same.
func (v *view) channel(field string, s scale, axis object) object {
	sc := object{"domain": []num{num(s.min), num(s.max)}, "nice": false, "zero": false}
	if s.log {
		sc = object{"type": "log", "domain": []num{num(s.min), num(s.max)}, "nice": false}
	}
	return object{"field": field, "type": "quantitative", "scale": sc, "axis": axis}
}

func tickAxis(s scale) object {
	ticks := make([]num, len(s.ticks))
	for i, t := range s.ticks {
		ticks[i] = num(t)
	}
	axis := object{"values": ticks, "format": s.format.d3, "labelOverlap": false}
	if s.format.zero != "" {
		axis["labelExpr"] = fmt.Sprintf("datum.value === 0 ? '%s' : datum.label", s.format.zero)
	}
	return axis
}

func (v *view) xAxis() object {
	axis := tickAxis(v.plan.x)
	axis["title"] = nil
	if v.number < len(v.plan.panels)-1 {
		axis["labels"], axis["ticks"] = false, false
		return axis
	}
	if t := v.plan.xTitle; t != "" {
		axis["title"], axis["titleAnchor"] = t, "end"
	}
	return axis
}

// yAxis puts the title above the axis, to be read without turning the head.
func (v *view) yAxis() object {
	axis := tickAxis(v.panel.y)
	axis["title"] = nil
	if v.panel.title != "" {
		for k, x := range (object{
			"title": v.panel.title, "titleAngle": 0, "titleAlign": "left",
			"titleBaseline": "bottom", "titleX": 0, "titleY": -titleLift,
		}) {
			axis[k] = x
		}
	}
	return axis
}

// mark adds the layer of mark j.
func (v *view) mark(j int, tables []*table) {
	m := &v.panel.marks[j]
	if m.kind == ruleMark {
		v.rule(m)
		return
	}
	t := tables[slices.IndexFunc(tables, func(t *table) bool { return slices.Contains(t.marks, j) })]
	encoding := object{"x": v.x("x"), "y": v.y(field(j))}
	var shape object
	switch m.kind {
	case lineMark:
		shape = object{"type": "line", "clip": true, "color": m.color, "strokeWidth": lineWidth, "strokeJoin": "round"}
		if d := m.dash.pattern(); d != nil {
			shape["strokeDash"] = d
		}
	case bandMark:
		shape = object{"type": "area", "clip": true, "color": m.color, "opacity": bandOpacity}
		encoding["y2"] = object{"field": lowField(j)}
	case barMark:
		shape = object{"type": "rect", "clip": true, "color": m.color, "opacity": barOpacity}
		encoding["x"], encoding["x2"] = v.x(leftField(j)), object{"field": rightField(j)}
		encoding["y2"] = object{"datum": num(v.panel.base())}
		encoding["tooltip"] = v.tips(t, []int{j})
	case pointMark:
		shape = object{"type": "point", "filled": true, "opacity": 1, "size": pointSize, "shape": shapes[m.shape], "color": m.color}
		encoding["tooltip"] = v.tips(t, []int{j})
	}
	v.layers = append(v.layers, object{"data": object{"name": t.name}, "mark": shape, "encoding": encoding})
	if m.kind != lineMark {
		return
	}
	if lone := m.lone(v.plan.x, v.panel.y); len(lone) > 0 {
		dots := make([]object, len(lone))
		for k, i := range lone {
			dots[k] = object{"x": num(m.x[i]), "y": num(m.hi[i])}
		}
		v.layers = append(v.layers, object{
			"data":     object{"values": dots},
			"mark":     object{"type": "point", "filled": true, "opacity": 1, "size": num(math.Pi * dotRadius * dotRadius), "color": m.color},
			"encoding": object{"x": v.x("x"), "y": v.y("y")},
		})
	}
	if b := m.broken; b != nil && v.plan.x.contains(b.x) {
		v.layers = append(v.layers, object{
			"data":     object{"values": []object{{"x": num(b.x), "y": num(b.y)}}},
			"mark":     object{"type": "point", "shape": "cross", "angle": 45, "filled": true, "opacity": 1, "size": 90, "color": Vermillion},
			"encoding": object{"x": v.x("x"), "y": v.y("y")},
		})
	}
}

func (v *view) rule(m *mark) {
	layer := object{
		"mark": object{"type": "rule", "clip": true, "color": m.color, "strokeDash": ruleDash},
	}
	if m.horizontal {
		layer["data"] = object{"values": []object{{"y": num(m.at)}}}
		layer["encoding"] = object{"y": v.y("y")}
	} else {
		layer["data"] = object{"values": []object{{"x": num(m.at)}}}
		layer["encoding"] = object{"x": v.x("x")}
	}
	v.layers = append(v.layers, layer)
}

// pointer adds a vertical rule at the x nearest to the pointer, with the values
// of all series of the longest table there.
func (v *view) pointer(tables []*table) {
	var longest *table
	for _, t := range tables {
		drawn := slices.ContainsFunc(t.marks, func(j int) bool { return v.panel.marks[j].kind == lineMark || v.panel.marks[j].kind == bandMark })
		if drawn && (longest == nil || len(t.x) > len(longest.x)) {
			longest = t
		}
	}
	if longest == nil {
		return
	}
	name := fmt.Sprintf("pointer%d", v.number)
	v.layers = append(v.layers, object{
		"data": object{"name": longest.name},
		"params": []object{{"name": name, "select": object{
			"type": "point", "fields": []string{"x"}, "nearest": true, "on": "mouseover", "clear": "mouseout",
		}}},
		"mark": object{"type": "rule", "color": Gray},
		"encoding": object{
			"x":       v.x("x"),
			"opacity": object{"condition": object{"param": name, "empty": false, "value": 0.6}, "value": 0},
			"tooltip": v.tips(longest, longest.marks),
		},
	})
}

// tips lists x and the values of marks for a tooltip.
func (v *view) tips(t *table, marks []int) []object {
	tip := func(field, title, format string) object {
		return object{"field": field, "type": "quantitative", "title": title, "format": format}
	}
	tips := []object{tip("x", cmp.Or(v.plan.xTitle, "x"), v.plan.x.tip)}
	for _, j := range marks {
		m := &v.panel.marks[j]
		if m.kind == bandMark {
			name := m.name
			if name != "" {
				name += ", "
			}
			tips = append(tips,
				tip(lowField(j), name+"low", v.panel.y.tip),
				tip(field(j), name+"high", v.panel.y.tip))
			continue
		}
		tips = append(tips, tip(field(j), cmp.Or(m.name, v.panel.title, "y"), v.panel.y.tip))
	}
	return tips
}

// label adds a text at its place in pixels.
func (v *view) label(l label) {
	v.layers = append(v.layers, object{
		"data": object{"values": []object{{}}},
		"mark": object{
			"type": "text", "text": l.text, "color": l.color, "fontSize": labelType.size,
			"align": map[align]string{0: "left", 0.5: "center", 1: "right"}[l.align], "baseline": "middle",
		},
		"encoding": object{"x": object{"value": num(l.x)}, "y": object{"value": num(l.y)}},
	})
}
