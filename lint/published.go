package lint

import "slices"

// Replicas are the containers of a service that `up` reconciles, running or not, in the order of the engine.
func (h *Host) Replicas(project, service string) []*Container { return h.replicas(project)[service] }

// Unpublished are the bindings of the service that ask for a host port and have none among ports, those that its running
// containers hold. It is nil where the engine publishes nothing of the service.
func (s *Service) Unpublished(ports []PublishedPort) []*Binding {
	var out []*Binding
	for _, b := range s.bound() {
		if !slices.ContainsFunc(ports, func(p PublishedPort) bool { return b.Binding.gives(p, p.Addr.Addr().Unmap()) }) && !b.Binding.Unknown {
			out = append(out, b.Binding)
		}
	}
	return out
}
