package train

import (
	"context"
	"time"
)

// rest lets the machine be after a step that took so long, for as long as makes
// training take no more than its share of the time. The numbers do not depend on
// it.
func (l *Loop) rest(ctx context.Context, took time.Duration) {
	share := l.Run.Config.Share
	if share == 0 || share == 1 {
		return
	}
	pause := time.NewTimer(time.Duration(min(float64(took)*(1/share-1), float64(time.Hour))))
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-ctx.Done():
	}
}
