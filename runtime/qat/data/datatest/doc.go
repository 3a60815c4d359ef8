// Package datatest makes small data sets for tests: tasks that a network learns in
// milliseconds. Only tests may import it.
package datatest
