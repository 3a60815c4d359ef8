package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"setun/display"
	"setun/kernel/wire"
)

// An output is where one cell's output goes; it implements session.Output. It
// outlives the cell: a goroutine that the cell has started may write to it
// later, and front ends still show that under the cell.
type output struct {
	ctx        context.Context // the cell's
	k          *kernel
	request    *wire.Message
	silent     bool
	allowStdin bool

	mu      sync.Mutex // held while publishing, which keeps outputs in order
	streams streams
}

func newOutput(ctx context.Context, k *kernel, request *wire.Message, r executeRequest) *output {
	return &output{ctx: ctx, k: k, request: request, silent: r.Silent, allowStdin: r.AllowStdin}
}

// Display implements display.Sink.
func (o *output) Display(b display.Bundle, id string) {
	o.send("display_data", bundleContent(b, id))
}

// Update implements display.Sink.
func (o *output) Update(b display.Bundle, id string) {
	o.send("update_display_data", bundleContent(b, id))
}

// Clear implements display.Sink.
func (o *output) Clear(wait bool) {
	o.send("clear_output", content{"wait": wait})
}

// result publishes the value of the cell.
func (o *output) result(b display.Bundle, number int) {
	c := bundleContent(b, "")
	c["execution_count"] = number
	o.send("execute_result", c)
}

// send publishes a message after all that was printed before it. It may wait
// for front ends that are far behind.
func (o *output) send(msgType string, c content) {
	if o.silent {
		return
	}
	o.mu.Lock()
	o.publishStreams(o.streams.takeAll())
	o.k.publish(msgType, o.request.Header, c)
	o.mu.Unlock()
	o.keepPace()
}

// keepPace lets slow front ends catch up before the cell writes more. An
// interrupted cell does not wait.
func (o *output) keepPace() {
	if err := o.k.sockets.IOPub.Wait(o.ctx); err != nil {
		o.k.log.Debug("output runs ahead of the front end", "error", err)
	}
}

// bundleContent is the content of a message that shows b.
func bundleContent(b display.Bundle, id string) content {
	transient := content{}
	if id != "" {
		transient["display_id"] = id
	}
	return content{"data": data(b), "metadata": metadata(b), "transient": transient}
}

// data returns the representations of b that JSON can hold. Those that it
// cannot are left out, and if no text remains, the text says why.
func data(b display.Bundle) content {
	c := content{}
	var failed error
	for mime, v := range b.Data {
		switch v.(type) {
		case string, []byte: // encoding/json writes bytes as base64, as Jupyter wants images
		default:
			text, err := json.Marshal(v)
			if err != nil {
				failed = fmt.Errorf("%s cannot be shown: %w", mime, err)
				continue
			}
			v = json.RawMessage(text)
		}
		c[mime] = v
	}
	if failed != nil && c[display.MIMEText] == nil {
		c[display.MIMEText] = failed.Error()
	}
	return c
}

func metadata(b display.Bundle) content {
	if _, err := json.Marshal(b.Metadata); err != nil || b.Metadata == nil {
		return content{}
	}
	return b.Metadata
}
