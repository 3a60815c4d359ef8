package kernel

import (
	"context"

	"setun/kernel/wire"
)

// Comms are channels between a widget in the front end and an object in the
// kernel, opened by either under a target's name. This kernel has no targets,
// so a comm that a front end opens is closed again, as the protocol asks.

func (k *kernel) commOpen(_ context.Context, request *wire.Message) (content, error) {
	var r struct {
		ID     string `json:"comm_id"`
		Target string `json:"target_name"`
	}
	if err := request.Decode(&r); err != nil {
		return nil, err
	}
	k.log.Debug("no such comm target", "target", r.Target)
	k.publish("comm_close", request.Header, content{"comm_id": r.ID, "data": content{}})
	return nil, nil
}

// commMessage takes comm_msg and comm_close. They are for a comm that was
// refused, from before the front end knew.
func (k *kernel) commMessage(_ context.Context, request *wire.Message) (content, error) {
	k.log.Debug("message for a closed comm", "type", request.Header.Type)
	return nil, nil
}

func (k *kernel) commInfo(context.Context, *wire.Message) (content, error) {
	return content{"comms": content{}}, nil
}
