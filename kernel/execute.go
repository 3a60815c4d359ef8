package kernel

import (
	"context"
	"runtime/debug"
	"time"

	"setun/display"
	"setun/kernel/session"
	"setun/kernel/wire"
)

// executeRequest is the content of an execute_request.
type executeRequest struct {
	Code            string            `json:"code"`
	Silent          bool              `json:"silent"`        // publish nothing
	StoreHistory    bool              `json:"store_history"` // count and remember the cell
	UserExpressions map[string]string `json:"user_expressions"`
	AllowStdin      bool              `json:"allow_stdin"`
	StopOnError     bool              `json:"stop_on_error"` // abort what is queued if this fails
}

// execute runs a cell.
func (k *kernel) execute(ctx context.Context, request *wire.Message) (content, error) {
	r := executeRequest{StoreHistory: true, AllowStdin: true, StopOnError: true}
	if err := request.Decode(&r); err != nil {
		return nil, err
	}
	r.StoreHistory = r.StoreHistory && !r.Silent
	if k.aborted(request) {
		reply := errorContent(&session.Error{Name: "Aborted", Message: "not run, because a cell before it failed"})
		reply["execution_count"] = k.executed
		return reply, nil
	}

	number := k.executed + 1
	var record *entry
	if r.StoreHistory {
		k.executed = number
		record = k.history.add(number, r.Code)
	}
	if !r.Silent {
		k.publish("execute_input", request.Header, content{"code": r.Code, "execution_count": number})
	}

	ctx = k.running.begin(ctx)
	defer k.running.end()
	out := newOutput(ctx, k, request, r)
	cell := session.Cell{Number: number, Code: r.Code, Output: out}
	result, err := k.run(ctx, cell)
	out.flush()

	if err != nil {
		reply := errorContent(err)
		if !r.Silent {
			k.publish("error", request.Header, content{
				"ename": reply["ename"], "evalue": reply["evalue"], "traceback": reply["traceback"],
			})
			if r.StopOnError {
				k.failed = time.Now()
			}
		}
		reply["execution_count"] = number
		return reply, nil
	}

	if result.Value != nil {
		out.result(*result.Value, number)
		if text, ok := result.Value.Data[display.MIMEText].(string); ok && record != nil {
			k.history.setOutput(record, text)
		}
	}
	payload := []content{}
	if result.Page != nil {
		payload = append(payload, content{"source": "page", "data": data(*result.Page), "start": 0})
	}
	expressions := k.userExpressions(ctx, cell, r.UserExpressions)
	out.flush()
	return content{"execution_count": number, "payload": payload, "user_expressions": expressions}, nil
}

// subscriberGrace is how long a first cell may wait for somebody to show its
// output to.
const subscriberGrace = 500 * time.Millisecond

// awaitSubscriber lets a front end whose shell socket connected first connect
// its iopub socket too. Its sockets retry on their own, so the cell may arrive
// 200 ms before the subscription; output would be lost, and with it the idle
// that a front end waits for. Once somebody has subscribed it does nothing.
func (k *kernel) awaitSubscriber() {
	select {
	case <-k.sockets.IOPub.Subscribed():
	case <-time.After(subscriberGrace):
	}
}

// run hands the cell to the session. Whatever comes back that is no
// *session.Error, a panic included, is made one.
func (k *kernel) run(ctx context.Context, cell session.Cell) (result session.Result, err error) {
	defer func() {
		if r := recover(); r != nil {
			k.log.Error("panic in the session", "panic", r, "stack", string(debug.Stack()))
			err = panicError(r)
		}
	}()
	return k.session.Execute(ctx, cell)
}

// userExpressions evaluates what a front end wants to know after the cell. An
// expression that fails fails alone.
func (k *kernel) userExpressions(ctx context.Context, cell session.Cell, expressions map[string]string) content {
	results := content{}
	for name, expr := range expressions {
		bundle, err := k.eval(ctx, cell, expr)
		if err != nil {
			results[name] = errorContent(err)
			continue
		}
		results[name] = content{"status": "ok", "data": data(bundle), "metadata": metadata(bundle)}
	}
	return results
}

func (k *kernel) eval(ctx context.Context, cell session.Cell, expr string) (bundle display.Bundle, err error) {
	defer func() {
		if r := recover(); r != nil {
			k.log.Error("panic in the session", "panic", r, "stack", string(debug.Stack()))
			err = panicError(r)
		}
	}()
	return k.session.Eval(ctx, cell, expr)
}

// abortWindow is how long requests that were sent before a failure may still
// be on their way.
const abortWindow = 100 * time.Millisecond

// aborted reports whether a cell is not to be run because one before it
// failed: it was waiting by then, or it was sent before the failure was known
// and arrived a moment after ("Run All" sends every cell at once).
func (k *kernel) aborted(request *wire.Message) bool {
	if request.Received.Before(k.failed) {
		return true
	}
	if request.Received.Sub(k.failed) > abortWindow {
		return false
	}
	sent, err := time.Parse(time.RFC3339Nano, request.Header.Date)
	return err == nil && sent.Before(k.failed)
}
