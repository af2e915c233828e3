package dockerapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/docker/docker/client"

	"github.com/portlint/portlint/lint/lazyexp"
)

// statusError is an answer that refuses.
type statusError struct{ status, body string }

func (e statusError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("the engine answered %s %s", e.status, e.body))
}

// errNoList is a list that the engine did not send.
var errNoList = errors.New("what it sent is no list")

// why says in a sentence why the engine did not answer.
func (c *conn) why(ctx context.Context, err error) string {
	_, failed := c.dialer.state()
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return "it was cancelled"
	case failed != nil && !errors.Is(failed, context.DeadlineExceeded) && !errors.Is(failed, context.Canceled):
		return c.unreachable(failed)
	case errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil:
		if failed != nil {
			return fmt.Sprintf("%s could not be reached within %s", c.at.Host, c.patience())
		}
		return fmt.Sprintf("%s takes connections but did not answer within %s", c.at.Host, c.patience())
	}
	return c.badAnswer(err)
}

// patience is how long the engine was given, and how to give it longer: the flag stands before the command, because behind `up` it
// is Compose's.
func (c *conn) patience() string {
	return fmt.Sprintf("%s (portlint --timeout %s ... gives it longer)", Brief(c.limit), Brief(5*c.limit))
}

// Brief is a duration as people write it: 1m, not 1m0s.
func Brief(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func (c *conn) unreachable(err error) string {
	socket, isSocket := strings.CutPrefix(c.at.Host, "unix://")
	var dns *net.DNSError
	switch {
	case isSocket && errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("there is no socket %q", socket)
	case isSocket && errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("permission denied at the socket %q", socket)
	case isSocket && noSocket(socket):
		return fmt.Sprintf("%q is no socket", socket)
	case isSocket && errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("connection refused: no engine listens at the socket %q", socket)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("connection refused: no engine listens at %s", c.at.Host)
	case errors.As(err, &dns):
		return fmt.Sprintf("the host %q has no address", dns.Name)
	}

	return fmt.Sprintf("%s can't be reached: %s", c.at.Host, oneLine(err))
}

// noSocket reports whether something else has the name, such as the directory that `docker run -v` makes.
func noSocket(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().Type() != fs.ModeSocket
}

// tooOld is what an engine answers that wants a newer API than the client's.
var tooOld = lazyexp.New(`client version (\S+) is too old\. Minimum supported API version is ([\d.]+\d)`)

// unreadInfo begins the words with which the docker client hides what is wrong with /info.
const unreadInfo = "Error reading remote info: "

func (c *conn) badAnswer(err error) string {
	var (
		status  statusError
		syntax  *json.SyntaxError
		misfit  *json.UnmarshalTypeError
		unknown *tls.CertificateVerificationError
		alert   tls.AlertError
		record  tls.RecordHeaderError
	)
	text := oneLine(withoutRequest(err))
	if m := tooOld().FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("the engine wants API %s or newer, portlint was asked to speak %s at most", m[2], m[1])
	}

	pipe, isPipe := strings.CutPrefix(c.at.Host, "npipe://")
	switch {
	case errors.As(err, &unknown), errors.As(err, &alert), errors.As(err, &record), errors.As(err, new(x509.UnknownAuthorityError)):
		return fmt.Sprintf("TLS with %s failed: %s", c.at.Host, oneLine(inner(err)))
	case strings.Contains(text, "HTTP response to HTTPS client"), strings.Contains(text, "HTTP request to an HTTPS server"):
		return fmt.Sprintf("only one side of the connection to %s speaks TLS", c.at.Host)
	case errors.As(err, &status):
		return text
	case isPipe && errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("there is no pipe %q", pipe)
	case isPipe && errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("permission denied at the pipe %q", pipe)
	case strings.HasPrefix(c.at.Host, "ssh://"):
		return fmt.Sprintf("ssh to %s failed: %s", c.at.Host, sshWords(err))
	case errors.Is(err, io.ErrUnexpectedEOF), text == unreadInfo+io.ErrUnexpectedEOF.Error():
		return "the engine sent half an answer"
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE),
		strings.Contains(text, "server closed idle connection"):
		return "the engine closed the connection without an answer"
	case errors.As(err, &syntax), errors.As(err, &misfit), errors.Is(err, errNoList), strings.HasPrefix(text, unreadInfo), notHTTP(text):
		return "what the engine sent is not Docker's API"
	}

	if request := (*url.Error)(nil); errors.As(err, &request) {
		return oneLine(request.Err) // the address that the client made up says nothing
	}
	return text
}

// notHTTP reports whether an error is about an answer that is no HTTP, or something that speaks first.
// Source: net/http transport.go, transfer.go and internal/chunked.go; net/textproto reader.go.
func notHTTP(text string) bool {
	return slices.ContainsFunc([]string{"malformed ", "transport connection broken", "chunk length", "readLoopPeekFail"},
		func(words string) bool { return strings.Contains(text, words) })
}

// inner is the error below the words of the HTTP client.
func inner(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil || client.IsErrConnectionFailed(next) && !client.IsErrConnectionFailed(err) {
			return err
		}
		if _, ok := next.(*tls.CertificateVerificationError); ok { //nolint:errorlint // the chain is walked here
			return next
		}
		err = next
	}
}

// withoutRequest is the error of a request without its method and address, which the user did not write.
func withoutRequest(err error) error {
	if request := (*url.Error)(nil); errors.As(err, &request) {
		return request.Err
	}
	return err
}

// sshWords are the last words of ssh, which the docker CLI wraps in advice.
func sshWords(err error) string {
	text := err.Error()
	if _, words, ok := strings.Cut(text, "stderr="); ok && strings.TrimSpace(words) != "" {
		text = words
	}
	return oneLine(errors.New(text))
}

// oneLine is an error as one line of moderate length.
func oneLine(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	if r := []rune(text); len(r) > 300 {
		return string(r[:300]) + "…"
	}
	return text
}
