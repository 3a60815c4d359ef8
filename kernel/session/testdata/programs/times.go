//go:build ignore

// Times, durations, formatting, parsing, zones, calendars.
package main

import (
	"fmt"
	"time"
)

func main() {
	t := time.Date(2024, time.February, 28, 23, 59, 58, 123456789, time.UTC)
	for _, f := range []string{time.RFC3339Nano, time.Kitchen, time.ANSIC, "Mon 02-Jan-06 15:04:05.000", "2006-002 .000000", time.StampMicro} {
		fmt.Println(t.Format(f))
	}
	u := t.Add(48*time.Hour + 3*time.Second)
	fmt.Println(u, u.Sub(t), u.After(t), t.Compare(u), t.AddDate(0, 1, 3).Format(time.DateOnly), u.YearDay(), t.Weekday())
	y, w := u.ISOWeek()
	fmt.Println(y, w, u.Truncate(time.Hour).Format(time.TimeOnly), u.Round(time.Minute).Format(time.TimeOnly), t.Unix(), t.UnixMilli())
	for _, s := range []string{"1h15m30.918s", "-1.5h", "100ms", "bad"} {
		d, err := time.ParseDuration(s)
		fmt.Println(d, err, d.Minutes(), d.Truncate(time.Second))
	}
	p, err := time.Parse("2006-01-02 15:04 -0700", "2023-10-05 14:30 +0200")
	fmt.Println(p, err, p.UTC(), p.Equal(p.UTC()), p == p.UTC())
	_, err = time.Parse(time.DateOnly, "2023-13-01")
	fmt.Println(err)
	zone := time.FixedZone("XYZ", -5*3600-1800)
	fmt.Println(t.In(zone), t.In(zone).Day(), time.Time{}.IsZero(), time.Unix(0, 0).UTC())
	b, _ := t.MarshalText()
	var v time.Time
	fmt.Println(string(b), v.UnmarshalText(b), v.Equal(t))
	type M struct{ time.Month }
	fmt.Println(M{time.May}, time.Duration(1<<63-1), time.Since(time.Now()) < time.Hour)
	days := 0
	for d := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == 2024; d = d.AddDate(0, 0, 1) {
		if d.Day() == 13 && d.Weekday() == time.Friday {
			days++
		}
	}
	fmt.Println(days)
}
