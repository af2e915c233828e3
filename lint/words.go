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

func listed(list []string) string {
	if len(list) > mostNames {
		more := fmt.Sprintf("%d more", len(list)-mostNames+1)
		list = append(slices.Clone(list[:mostNames-1]), more)
	}
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " and " + list[last]
}

// runs writes sorted ports as "80", "80-82" or "80, 443".
func runs(ports []uint16) string {
	var parts []string
	for i := 0; i < len(ports); {
		j := i
		for j+1 < len(ports) && ports[j+1] == ports[j]+1 {
			j++
		}
		parts = append(parts, rangeText(ports[i], ports[j]))
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

func rangeText(first, last uint16) string {
	if first == last {
		return strconv.Itoa(int(first))
	}
	return fmt.Sprintf("%d-%d", first, last)
}
