package lint

import "slices"

// WantedTimes says how many containers of one `up` ask for each fixed host port, of those that more than one asks for. Each profile that
// is written counts as one `up` beside the services that always start: where several `up` are possible it is the most.
func (p *Project) WantedTimes() map[*Binding]int {
	most := map[*Binding]int{}
	p.countWanted(func(s *Service) bool { return s.Active }, most)
	for _, name := range (UpOptions{}).unasked(p) {
		p.countWanted(func(s *Service) bool { return s.Active || slices.Contains(s.Profiles, name) }, most)
	}
	return most
}

// countWanted counts for the `up` that starts the chosen services.
func (p *Project) countWanted(starts func(*Service) bool, most map[*Binding]int) {
	at := map[socketKey][]Bound{}
	for i := range p.Services {
		s := &p.Services[i]
		if !starts(s) || s.Replicas == 0 {
			continue
		}
		for _, b := range s.bound() {
			if b.Binding.Fixed() {
				k := socketKey{b.Binding.Proto, b.Binding.First}
				at[k] = append(at[k], b)
			}
		}
	}
	for k, bound := range at {
		for _, b := range bound {
			n := b.Service.Replicas
			for _, o := range bound {
				if _, clash := (Engine{}).clashes(b, o, k.port); clash && o.Binding != b.Binding {
					n += o.Service.Replicas
				}
			}
			if n > 1 {
				most[b.Binding] = max(most[b.Binding], n)
			}
		}
	}
}
