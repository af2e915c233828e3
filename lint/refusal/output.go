package refusal

import "bytes"

// Output takes what `docker compose up` prints, as long as it runs, and keeps what can hold a refusal: the end of it, without
// what containers print.
type Output struct {
	text []byte // whole lines
	line []byte // the one that is not over yet
}

const (
	mostOutput = 1 << 20 // bytes that are kept for sure
	mostLine   = 64 << 10
)

// Write takes the next bytes. It never fails.
func (o *Output) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		part, rest, over := bytes.Cut(b, []byte("\n"))
		o.add(part)
		if over {
			o.end()
		}
		b = rest
	}
	return n, nil
}

// add adds to the line. Of a very long one of a container the begin is enough, of any other the end counts.
func (o *Output) add(part []byte) {
	o.line = append(o.line, part...)
	switch {
	case len(o.line) <= mostLine:
	case ofContainer(o.line[:mostLine]):
		o.line = o.line[:mostLine]
	default:
		o.keep(o.line)
		o.line = o.line[:0]
	}
}

func (o *Output) end() {
	if !ofContainer(o.line) {
		o.keep(append(o.line, '\n'))
	}
	o.line = o.line[:0]
}

func (o *Output) keep(b []byte) {
	if o.text = append(o.text, b...); len(o.text) > 2*mostOutput {
		o.text = append(o.text[:0], o.text[len(o.text)-mostOutput:]...)
	}
}

// ofContainer reports whether a line is one that a container printed.
func ofContainer(line []byte) bool { return containerLog().Match(ansiSequence().ReplaceAll(line, nil)) }

// AnyRefusals are those of all that was printed, other programs' among them.
func (o *Output) AnyRefusals() []Refusal { return ParseAny(string(o.text) + string(o.line)) }
