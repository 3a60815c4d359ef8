package kernel

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"setun/kernel/session"
	"setun/kernel/wire"
)

// A kernel is one session and the front ends that use it.
type kernel struct {
	session session.Interface
	log     *slog.Logger
	origin  *wire.Origin
	sockets *wire.Sockets

	executed int       // execution count; the shell loop's own
	failed   time.Time // when a cell last failed that wants the rest aborted; the shell loop's own
	history  history
	running  running
	stdin    stdin
}

// How long a cell may go on, and messages may take to be delivered, once the
// kernel has been told to shut down. Front ends kill a kernel that takes much
// longer.
const (
	cellGrace     = 500 * time.Millisecond
	deliveryGrace = time.Second
)

// Serve answers requests until a front end asks the kernel to shut down, ctx
// ends, the process gets SIGTERM, or the process that started the kernel dies.
// SIGINT interrupts the running cell. The error says that a socket could not
// be opened.
func Serve(ctx context.Context, c wire.Connection, s session.Interface, log *slog.Logger) error {
	origin := wire.NewOrigin()
	sockets, err := wire.Listen(c, origin, log)
	if err != nil {
		return err
	}
	k := &kernel{
		session: s,
		log:     log,
		origin:  origin,
		sockets: sockets,
		stdin:   newStdin(),
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	go watchParent(ctx, stop)

	k.publish("status", wire.Header{}, content{"execution_state": "starting"})
	go k.stdin.receive(ctx, sockets.Stdin)
	go k.answer(ctx, stop, sockets.Control, controlHandlers)
	shellEnded := make(chan struct{})
	go func() {
		defer close(shellEnded)
		k.answer(ctx, stop, sockets.Shell, shellHandlers)
	}()

	for ctx.Err() == nil {
		select {
		case <-interrupts:
			k.running.interrupt()
		case <-ctx.Done():
		}
	}
	k.running.interrupt()
	select {
	case <-shellEnded:
	case <-time.After(cellGrace):
		log.Debug("shutting down although a cell still runs")
	}
	delivery, cancel := context.WithTimeout(context.Background(), deliveryGrace)
	defer cancel()
	sockets.Close(delivery)
	return nil
}

// watchParent stops the kernel when the process that started it is gone: a
// front end that was killed cannot say goodbye. JPY_PARENT_PID says that a
// front end started us; its value is not used, as there may be a wrapper in
// between.
func watchParent(ctx context.Context, stop func()) {
	if os.Getenv("JPY_PARENT_PID") == "" {
		return
	}
	parent := os.Getppid()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for os.Getppid() == parent {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
	stop()
}
