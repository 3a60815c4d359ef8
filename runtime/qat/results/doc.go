// Package results holds the experiments whose outcomes RESULTS.md reports: each
// trains real networks on real data from several seeds, and stands beside the
// figure that the literature, or another implementation, has for the same task.
//
// A run of an experiment gives the same bits on every machine and with any number
// of workers, so an outcome is not a sample that one hopes to come near to: the
// same command gives the same number (measured.jsonl keeps all of them; a test
// trains the cheapest again and compares with ==). What varies, and what the
// intervals are about, is the seed.
//
//	study.go     what an experiment is: arms that are compared, runs of an arm
//	run.go       running them, and remembering what has been run
//	interval.go  means and their confidence intervals over seeds
//	table.go     RESULTS.md
//	networks.go  the networks and recipes that several studies share
//
// and one file for each study. Only experiments may enter; what they need of
// layers, quantisers or the loop belongs to the packages that users import too.
package results
