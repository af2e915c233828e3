package lint

import "slices"

// sameItems are the items of the project that must have one text with an item, itself among them, in their order: where one of them is
// written, another one is written or repeated, so that Compose would take the two for two ports.
func (p *Pass) sameItems(it Item) []Item {
	same := p.suggester.same
	if same[p.Project] == nil {
		same[p.Project] = p.Project.repeatedItems()
	}
	if all := same[p.Project][it.Head().Entry]; len(all) > 0 {
		return all
	}
	return []Item{it}
}

// repeatedItems are the items that have to do with one that is repeated, by the place of each of them.
func (p *Project) repeatedItems() map[Span][]Item {
	first := map[Span]Span{} // one place for all that belong together
	var rootOf func(Span) Span
	rootOf = func(s Span) Span {
		if up, known := first[s]; known && up != s {
			return rootOf(up)
		}
		return s
	}

	items := p.Items()
	for i := range p.Services {
		for _, it := range p.Services[i].Items() {
			for _, earlier := range it.Repeated() {
				first[rootOf(it.Head().Entry)] = rootOf(earlier.Head().Entry)
			}
		}
	}

	byRoot, out := map[Span][]Item{}, map[Span][]Item{}
	if len(first) == 0 {
		return out
	}
	for _, it := range items {
		root := rootOf(it.Head().Entry)
		byRoot[root] = append(byRoot[root], it)
	}
	for _, it := range items {
		out[it.Head().Entry] = byRoot[rootOf(it.Head().Entry)]
	}
	return out
}

// placesOf are the places of items and of those that they repeat, in the order of the text.
func placesOf(items []Item) []Span {
	var places []Span
	for _, it := range items {
		for _, entry := range it.entries() {
			if !slices.Contains(places, entry) {
				places = append(places, entry)
			}
		}
	}
	slices.SortFunc(places, Span.Compare)
	return places
}
