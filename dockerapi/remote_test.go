package dockerapi

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/docker/cli/cli/connhelper"
)

// TestTLS: the three ways in which TLS is wrong, and the right one.
func TestTLS(t *testing.T) {
	f := newFake(t, nil)
	s := httptest.NewUnstartedServer(f)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	certs := t.TempDir()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(filepath.Join(certs, "ca.pem"), ca, 0o644); err != nil {
		t.Fatal(err)
	}
	host := "tcp://" + s.Listener.Addr().String()
	env := map[string]string{"HOME": t.TempDir(), "DOCKER_HOST": host, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": certs}
	if h := lookWithin(t, Options{Env: env}); h.Engine.Version != "27.5.1" || len(reasons(h, blindEngine)) > 0 ||
		!slices.Equal(reasons(h, blindSockets), []string{"the engine is remote (" + host + ")"}) {
		t.Errorf("%+v", h)
	}
	wantReason(t, Options{Host: host}, "only one side of the connection to "+host+" speaks TLS")
	env["DOCKER_CERT_PATH"] = t.TempDir()
	wantReason(t, Options{Env: env}, "the TLS files of "+host)
	other := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(other, otherAuthority(t), 0o644); err != nil {
		t.Fatal(err)
	}
	env["DOCKER_CERT_PATH"] = filepath.Dir(other)
	wantReason(t, Options{Env: env}, "TLS with "+host+" failed: tls: failed to verify certificate")
}

// otherAuthority is a certificate that signed nothing.
func otherAuthority(t *testing.T) []byte {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// TestSSH: an ssh of our own that refuses, one that never answers, and one that leads to an engine.
func TestSSH(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the ssh of this test is a shell script")
	}
	f := newFake(t, nil)
	dir := t.TempDir()
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("PORTLINT_TEST_PIPE", f.socket)
	ssh := func(script string) Options {
		if err := os.WriteFile(filepath.Join(dir, "ssh"), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		return Options{Host: "ssh://build1"}
	}
	wantReason(t, ssh("echo 'build1: Permission denied (publickey).' >&2; exit 255"), "ssh to ssh://build1 failed: build1: Permission denied (publickey).")
	wantReason(t, ssh("exec sleep 60"), "ssh://build1 takes connections but did not answer within 600ms (portlint --timeout 3s ... gives it longer)")
	o := ssh("echo >>" + dir + "/connections; exec " + os.Args[0])
	o.Env, o.Timeout = map[string]string{"HOME": dir}, 20*time.Second
	h := Look(t.Context(), o)
	if h.Engine.Version != "27.5.1" || !slices.Equal(reasons(h, blindSockets), []string{"the engine is remote (ssh://build1)"}) {
		t.Errorf("%+v", h)
	}
	if made, err := os.ReadFile(filepath.Join(dir, "connections")); err != nil || len(made) != 1 {
		t.Errorf("%d connections, %v: each is an ssh of its own", len(made), err)
	}
}

// TestSSHLastWords: whoever comes after the first reader met the end hears why, too.
func TestSSHLastWords(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the ssh of this test is a shell script")
	}
	dir := t.TempDir()
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	if err := os.WriteFile(filepath.Join(dir, "ssh"), []byte("#!/bin/sh\necho 'build1: no route' >&2; exit 255\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	helper, err := connhelper.GetConnectionHelper("ssh://build1")
	if err != nil {
		t.Fatal(err)
	}
	c, err := overSSH(helper.Dialer)(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	_, read := c.Read(make([]byte, 1))
	_, written := c.Write([]byte("GET /_ping"))
	_, next := c.Read(make([]byte, 1))
	for what, err := range map[string]error{"reading": read, "writing": written, "reading again": next} {
		if err == nil || sshWords(err) != "build1: no route" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestMain makes this binary the far end of the fake ssh, and another user's portlint.
func TestMain(m *testing.M) {
	if socket := os.Getenv("PORTLINT_TEST_PIPE"); socket != "" && len(os.Args) == 1 {
		pipe(socket)
		return
	}
	os.Exit(m.Run())
}

func pipe(socket string) {
	c, err := net.Dial("unix", socket)
	if err != nil {
		os.Exit(1)
	}
	go func() {
		_, _ = io.Copy(c, os.Stdin)
		_ = c.(*net.UnixConn).CloseWrite()
	}()
	_, _ = io.Copy(os.Stdout, c)
}

func TestBrief(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		500 * time.Millisecond: "500ms", 2500 * time.Millisecond: "2.5s", 10 * time.Second: "10s", time.Minute: "1m", 100 * time.Second: "1m40s",
		10 * time.Minute: "10m", time.Hour: "1h", 20 * time.Hour: "20h", time.Hour + time.Minute: "1h1m", time.Hour + 10*time.Second: "1h0m10s",
	} {
		if got := Brief(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
