package display

import (
	"encoding/json"
	"fmt"
)

// object is a JSON object; its keys marshal in sorted order.
type object map[string]any

// vega renders the plan as a Vega-Lite v5 specification. It sets no colour of
// text, axis or grid and no background: those are the theme's.
func (p *plan) vega() json.RawMessage {
	data := object{}
	views := make([]object, len(p.panels))
	for i := range p.panels {
		views[i] = p.view(i, data)
	}
	if p.title != "" || p.subtitle != "" {
		// On the main panel, where it can start with the data area.
		title := object{"text": p.title, "frame": "group"}
		if p.subtitle != "" {
			title["subtitle"] = p.subtitle
		}
		views[0]["title"] = title
	}
	spec := object{}
	if len(views) == 1 {
		spec = views[0]
	} else {
		spec["vconcat"] = views
		spec["spacing"] = 12
	}
	spec["$schema"] = "https://vega.github.io/schema/vega-lite/v5.json"
	spec["description"] = p.summary
	spec["datasets"] = data
	spec["background"] = "transparent"
	spec["padding"] = 5
	spec["usermeta"] = object{"embedOptions": object{"renderer": "svg", "actions": false}}
	spec["config"] = object{
		"font":  "system-ui, sans-serif",
		"view":  object{"stroke": nil},
		"axis":  object{"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "gridOpacity": 0.35},
		"axisX": object{"grid": false, "labelFlush": false},
		"axisY": object{"domain": false, "ticks": false, "labelPadding": 6},
		"title": object{"anchor": "start", "fontSize": 14, "subtitleFontSize": 12, "subtitlePadding": 5, "offset": 10},
	}
	raw, err := json.Marshal(spec)
	if err != nil {
		panic(fmt.Errorf("display: marshalling a Vega-Lite specification: %w", err))
	}
	return raw
}
