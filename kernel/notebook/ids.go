package notebook

import (
	"crypto/sha256"
	"fmt"
	"regexp"
)

var validID = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// mendIDs gives every cell an id that is valid and unique. Ids come from
// content and place, not from chance: running the same notebook twice writes
// the same file.
func (n *Notebook) mendIDs() {
	taken := map[string]bool{}
	var mend []int
	for i, c := range n.Cells {
		if !validID.MatchString(c.ID) || taken[c.ID] {
			mend = append(mend, i)
			continue
		}
		taken[c.ID] = true
	}
	for _, i := range mend {
		c := n.Cells[i]
		for salt := 0; ; salt++ {
			sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %s %s", i, salt, c.Type, c.Source))
			c.ID = fmt.Sprintf("%x", sum[:4])
			if !taken[c.ID] {
				break
			}
		}
		taken[c.ID] = true
	}
}
