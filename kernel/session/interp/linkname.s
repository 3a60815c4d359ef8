// This file is empty: it lets goroutineLabels be declared without a body.
