package kernel

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"setun/kernel/session"
	"setun/kernel/wire"
)

// content is the content of a message that the kernel writes.
type content map[string]any

// A handler answers one type of request with the content of its reply; nil
// means that there is none.
type handler func(k *kernel, ctx context.Context, request *wire.Message) (content, error)

var shellHandlers = map[string]handler{
	"execute_request":     (*kernel).execute,
	"complete_request":    (*kernel).complete,
	"inspect_request":     (*kernel).inspect,
	"is_complete_request": (*kernel).isComplete,
	"history_request":     (*kernel).searchHistory,
	"kernel_info_request": (*kernel).info,
	"comm_info_request":   (*kernel).commInfo,
	"comm_open":           (*kernel).commOpen,
	"comm_msg":            (*kernel).commMessage,
	"comm_close":          (*kernel).commMessage,
	"interrupt_request":   (*kernel).interrupt,
	"shutdown_request":    (*kernel).shutdown,
}

var controlHandlers = map[string]handler{
	"kernel_info_request": (*kernel).info,
	"interrupt_request":   (*kernel).interrupt,
	"shutdown_request":    (*kernel).shutdown,
	"usage_request":       (*kernel).usage,
}

// answer answers the requests of one channel, one after the other.
func (k *kernel) answer(ctx context.Context, stop func(), channel *wire.Router, handlers map[string]handler) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case request := <-channel.Messages():
			k.answerOne(ctx, channel, handlers, request)
			if request.Header.Type == "shutdown_request" {
				stop()
			}
		}
	}
}

func (k *kernel) answerOne(ctx context.Context, channel *wire.Router, handlers map[string]handler, request *wire.Message) {
	if request.Header.Type == "execute_request" {
		k.awaitSubscriber()
	}
	k.publish("status", request.Header, content{"execution_state": "busy"})
	defer k.publish("status", request.Header, content{"execution_state": "idle"})

	msgType := request.Header.Type
	reply, err := k.handle(ctx, handlers, request)
	if err != nil {
		k.log.Debug("request failed", "type", msgType, "error", err)
		reply = errorContent(err)
	}
	base, isRequest := strings.CutSuffix(msgType, "_request")
	if reply == nil || !isRequest {
		return
	}
	if reply["status"] == nil {
		reply["status"] = "ok"
	}
	m, err := k.origin.NewMessage(base+"_reply", request.Header, reply)
	if err == nil {
		err = channel.Send(m, request)
	}
	if err != nil {
		k.log.Debug("reply not sent", "type", base+"_reply", "error", err)
	}
}

// handle calls the handler of a request. A panic in it, or in the session, is
// the error of this request and of no other.
func (k *kernel) handle(ctx context.Context, handlers map[string]handler, request *wire.Message) (reply content, err error) {
	h, ok := handlers[request.Header.Type]
	if !ok {
		return nil, &session.Error{
			Name:    "UnknownMessage",
			Message: fmt.Sprintf("the kernel does not know messages of type %q on this channel", request.Header.Type),
		}
	}
	defer func() {
		if r := recover(); r != nil {
			k.log.Error("panic in the kernel", "request", request.Header.Type, "panic", r, "stack", string(debug.Stack()))
			reply, err = nil, panicError(r)
		}
	}()
	return h(k, ctx, request)
}

// panicError is what a person is told when the kernel itself is wrong.
func panicError(r any) *session.Error {
	return &session.Error{
		Name:    "KernelPanic",
		Message: fmt.Sprintf("the kernel failed over this request, please report it: %v", r),
	}
}

// errorContent is the content of a reply, or of an error message, that says
// what went wrong.
func errorContent(err error) content {
	var e *session.Error
	if !errors.As(err, &e) {
		e = &session.Error{Name: "KernelError", Message: err.Error()}
	}
	traceback := e.Traceback
	if len(traceback) == 0 {
		traceback = []string{e.Error()}
	}
	return content{"status": "error", "ename": e.Name, "evalue": e.Message, "traceback": traceback}
}

// publish sends a message on iopub.
func (k *kernel) publish(msgType string, parent wire.Header, c content) {
	m, err := k.origin.NewMessage(msgType, parent, c)
	if err == nil {
		err = k.sockets.IOPub.Publish(m)
	}
	if err != nil {
		k.log.Error("message not published", "type", msgType, "error", err)
	}
}
