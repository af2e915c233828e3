package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// mostNames is how many names a message lists before it only counts.
const mostNames = 6

// quoted lists names as people do: `"a"`, `"a" and "b"`, `"a", "b" and "c"`, and counts what would be too long.
func quoted(names []string) string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = strconv.Quote(n)
	}
	return listed(list)
}

// listed is [AndList], which counts what would be too long.
func listed(list []string) string {
	if len(list) > mostNames {
		more := fmt.Sprintf("%d more", len(list)-mostNames+1)
		list = append(slices.Clone(list[:mostNames-1]), more)
	}
	return AndList(list)
}

// AndList lists things as people do: "a", "a and b", "a, b and c"; "" for none.
func AndList(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " and " + list[last]
}

// Nearest returns the known names with the fewest edits from name, if those are at most a third of its letters, else
// the names that contain it.
func Nearest(name string, known []string) []string {
	best := max(2, len(name)/3)
	var nearest, around []string
	if name == "" {
		return nil
	}

	for _, k := range known {
		d := edits(strings.ToLower(name), k)
		if d < best {
			best, nearest = d, nil
		}
		if d == best {
			nearest = append(nearest, k)
		}
		if len(name) > 2 && strings.Contains(k, name) {
			around = append(around, k)
		}
	}
	if len(nearest) == 0 {
		return around
	}
	return nearest
}

// edits counts the bytes to insert, delete or replace to turn a into b.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}

	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}

	return row[len(b)]
}
