// Package bench measures the compute core beside what it wants to beat: the
// machine's own ceilings and other people's libraries.
//
// A clock drifts and neighbours interfere, so no figure here stands alone. The
// sides of a comparison take turns, A B C A B C …, in one run; each has the median
// of its turns, and what counts is the ratio of two medians (contest.go). Other
// libraries are peers: programs of their own that are spoken to by lines, and
// frozen while it is not their turn (peer.go). One that is not there leaves a
// row that says how to get it.
//
// Each group of rows is a file: what is computed, against whom, and the target.
// Nothing above qat may be imported here, and no test looks at a time.
package bench
