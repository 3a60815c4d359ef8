package kernel

import (
	"context"
	"sync"

	"setun/kernel/wire"
)

// running is the cell that runs now, if any.
type running struct {
	mu     sync.Mutex
	cancel context.CancelFunc // nil between cells
}

// begin returns the context of a cell that starts now. An interrupt cancels
// it. The cell's end does not: goroutines that it leaves behind go on.
func (r *running) begin(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cancel = cancel
	return ctx
}

func (r *running) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cancel = nil
}

// interrupt cancels the cell that runs; between cells it does nothing.
func (r *running) interrupt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cancel != nil {
		r.cancel()
	}
}

func (k *kernel) interrupt(context.Context, *wire.Message) (content, error) {
	k.running.interrupt()
	return content{}, nil
}

// shutdown says goodbye, also to those who did not ask; the loop that called
// it then stops the kernel. A restart is the same: the front end starts
// another process.
func (k *kernel) shutdown(_ context.Context, request *wire.Message) (content, error) {
	var r struct {
		Restart bool `json:"restart"`
	}
	if err := request.Decode(&r); err != nil {
		k.log.Debug("shutting down all the same", "error", err)
	}
	k.running.interrupt()
	k.publish("shutdown_reply", request.Header, content{"status": "ok", "restart": r.Restart})
	return content{"restart": r.Restart}, nil
}
