package train

import "time"

// lately is about how many steps the pace is averaged over: other programs come
// and go, and the rest of the run takes what it takes now.
const lately = 100

// clock is how long a run takes and will take.
type clock struct {
	began     time.Time     // when the run began, or went on
	before    time.Duration // what it had taken until then
	training  time.Duration // in steps
	measuring time.Duration // the last measurement
	samples   int
	pace      float64 // seconds a sample, lately
}

func (c *clock) start() { c.began = time.Now() }

func (c *clock) pause() { c.before = c.elapsed() }

func (c *clock) elapsed() time.Duration { return c.before + time.Since(c.began) }

// step counts a step that took so long, the n-th of the run.
func (c *clock) step(took time.Duration, samples, n int) {
	c.samples += samples
	c.training += took
	c.pace += (took.Seconds()/float64(samples) - c.pace) / float64(min(n, lately))
}

// throughput is the present pace in samples a second; 0 while the clock has not moved.
func (c *clock) throughput() float64 {
	if c.pace == 0 {
		return 0
	}
	return 1 / c.pace
}

// average is the throughput in all steps so far.
func (c *clock) average() float64 {
	if s := c.training.Seconds(); s > 0 {
		return float64(c.samples) / s
	}
	return 0
}

// left is how long so many samples and measurements, of so many samples each,
// will take at the present pace. Before the first measurement its pace is
// guessed: a forward is a third of a step.
func (c *clock) left(samples float64, measurements, each int) time.Duration {
	measuring := c.measuring.Seconds()
	if measuring == 0 {
		measuring = c.pace / 3 * float64(each)
	}
	return time.Duration((c.pace*samples + measuring*float64(measurements)) * float64(time.Second))
}

func (c *clock) record() clockRecord {
	return clockRecord{c.elapsed().Seconds(), c.training.Seconds(), c.samples}
}

func (c *clock) restore(r clockRecord) {
	c.before = time.Duration(r.Elapsed * float64(time.Second))
	c.training = time.Duration(r.Training * float64(time.Second))
	c.samples = r.Samples
}
