//go:build ignore

// time: formatting, parsing, arithmetic over months and leap years, durations,
// truncation, zones of our own, a calendar, cron expressions, ISO weeks.
package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

func calendar(year int, month time.Month) string {
	var b strings.Builder
	title := fmt.Sprintf("%v %d", month, year)
	fmt.Fprintf(&b, "%*s\nMo Tu We Th Fr Sa Su\n", 10+len(title)/2, title)
	first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	b.WriteString(strings.Repeat("   ", (int(first.Weekday())+6)%7))
	for d := first; d.Month() == month; d = d.AddDate(0, 0, 1) {
		fmt.Fprintf(&b, "%2d", d.Day())
		if d.Weekday() == time.Sunday || d.AddDate(0, 0, 1).Month() != month {
			b.WriteByte('\n')
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func easter(y int) time.Time {
	a, b, c := y%19, y/100, y%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	return time.Date(y, time.Month((h+l-7*m+114)/31), (h+l-7*m+114)%31+1, 0, 0, 0, 0, time.UTC)
}

type cron [5]func(int) bool

func parseCron(s string) (c cron, err error) {
	fields := strings.Fields(s)
	if len(fields) != len(c) {
		return c, errors.New("five fields, please")
	}
	for i, f := range fields {
		var tests []func(int) bool
		for part := range strings.SplitSeq(f, ",") {
			rng, step, stepped := strings.Cut(part, "/")
			every := 1
			if stepped {
				if every, err = strconv.Atoi(step); err != nil {
					return
				}
			}
			lo, hi := 0, 99
			if rng != "*" {
				if n, err := fmt.Sscanf(rng, "%d-%d", &lo, &hi); n == 0 {
					return c, fmt.Errorf("field %d: %w", i+1, err)
				} else if n == 1 {
					hi = lo
				}
			}
			tests = append(tests, func(v int) bool { return v >= lo && v <= hi && (v-lo)%every == 0 })
		}
		c[i] = func(v int) bool {
			for _, t := range tests {
				if t(v) {
					return true
				}
			}
			return false
		}
	}
	return c, nil
}

func (c cron) next(t time.Time) time.Time {
	for t = t.Truncate(time.Minute).Add(time.Minute); ; t = t.Add(time.Minute) {
		if c[3](int(t.Month())) && c[2](t.Day()) && c[4](int(t.Weekday())) {
			if c[1](t.Hour()) && c[0](t.Minute()) {
				return t
			}
			continue
		}
		t = time.Date(t.Year(), t.Month(), t.Day(), 23, 59, 0, 0, t.Location())
	}
}

func main() {
	t := time.Date(2024, time.February, 29, 13, 4, 5, 678901234, time.UTC)
	for _, layout := range []string{time.RFC3339Nano, time.RFC1123Z, time.Kitchen, time.StampMicro, "Mon 02 Jan 06 15h", "2006-002", "_2 .000 ,999 PM pm MST -07 Z07:00"} {
		fmt.Println(t.Format(layout))
	}
	east := time.FixedZone("EAST", 5*3600+1800)
	fmt.Println(t.In(east), t.In(east).Equal(t), t.In(east) == t, t.In(east).Day())
	fmt.Println(t.AddDate(1, 0, 0), t.AddDate(0, 1, 1).Weekday(), t.AddDate(0, -1, 2).YearDay())
	fmt.Println(t.Truncate(time.Hour).Format(time.TimeOnly), t.Round(time.Hour).Format(time.TimeOnly), t.Unix(), t.UnixMilli())
	fmt.Println(time.Date(2023, 14, 35, 25, 61, 0, -1, time.UTC))
	d := 36*time.Hour + 15*time.Minute + 1500*time.Millisecond
	fmt.Println(d, d.Hours(), d.Round(time.Minute), d.Truncate(time.Hour), -d, time.Duration(999), d/7, d%time.Hour, d.Abs() == (-d).Abs())
	for _, s := range []string{"1h15m30.918s", "-1.5h", "1µs", "3", "x", ""} {
		d, err := time.ParseDuration(s)
		fmt.Println(d, err)
	}
	for _, s := range [][2]string{{time.DateOnly, "2023-02-29"}, {time.RFC3339, "2024-02-29T23:59:60Z"}, {"Jan _2 2006", "Feb  9 1999"}, {"15:04", "7:30"}, {time.RFC1123, "Thu, 29 Feb 2024 13:04:05 GMT"}} {
		got, err := time.Parse(s[0], s[1])
		var pe *time.ParseError
		fmt.Println(got, err, errors.As(err, &pe))
	}
	in, err := time.ParseInLocation("2006-01-02 15:04", "2024-03-10 02:30", east)
	fmt.Println(in, err, in.UTC().Sub(t))
	var zero time.Time
	fmt.Println(zero.IsZero(), zero, t.Compare(zero), zero.Before(t))
	fmt.Print(calendar(2024, time.February), calendar(2021, time.August))
	for y := 2019; y < 2026; y += 2 {
		jan1 := time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)
		iy, w := jan1.ISOWeek()
		fmt.Println(easter(y).Format("2 January"), iy, w, jan1.AddDate(0, 12, -1).YearDay())
	}
	for _, s := range []string{"*/15 9-17 * * 1-5", "0 0 29 2 *", "30 6 1,15 * *", "5 4 * 1", "a * * * *"} {
		c, err := parseCron(s)
		if err != nil {
			fmt.Println(err)
			continue
		}
		at := t
		for range 3 {
			at = c.next(at)
			fmt.Print(at.Format("Mon 2006-01-02 15:04; "))
		}
		fmt.Println()
	}
	b, _ := t.MarshalText()
	var back time.Time
	fmt.Println(back.UnmarshalText(b), back.Equal(t), string(b))
	type event struct {
		time.Time
		time.Duration
	}
	e := event{t, time.Minute}
	fmt.Println(e.Time.Add(e.Duration).Format(time.TimeOnly), e.Year(), e.Seconds())
}
