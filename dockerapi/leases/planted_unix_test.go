//go:build unix

package leases

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const goodRecord = `{"version":1,"leases":[{"first":20001,"last":20001,"dir":"/","key":"A","since":"2026-11-20T09:00:00Z"}]}`

// TestPlanted puts what nobody should have put there in the place of the store and of its lock: it is never obeyed, never waited
// for, never changed, and ports are given out all the same.
func TestPlanted(t *testing.T) {
	elsewhere := filepath.Join(t.TempDir(), "elsewhere.json")
	plant := map[string]func(file string) error{
		"a pipe":             func(file string) error { return syscall.Mkfifo(file, 0o600) },
		"a link to a store":  func(file string) error { return os.Symlink(elsewhere, file) },
		"a link to a device": func(file string) error { return os.Symlink("/dev/zero", file) },
		"a link to nowhere":  func(file string) error { return os.Symlink(elsewhere+".not", file) },
		"a directory":        func(file string) error { return os.Mkdir(file, 0o700) },
		"somebody else's": func(file string) error {
			return errors.Join(os.WriteFile(file, []byte(goodRecord), 0o666), os.Chown(file, 12345, 12345))
		},
	}
	for _, name := range []string{fileName, lockName} {
		for what, put := range plant {
			t.Run(name+" is "+what, func(t *testing.T) {
				if what == "somebody else's" && os.Geteuid() != 0 {
					t.Skip("only root can give files away")
				}
				state := t.TempDir()
				file := filepath.Join(state, name)
				if err := errors.Join(os.WriteFile(elsewhere, []byte(goodRecord), 0o600), put(file)); err != nil {
					t.Fatal(err)
				}
				before := fingerprint(t, file)

				began, known := time.Now(), 0
				warning := update(t, storeIn(state, day), func(p *Tx) {
					known = len(p.Leases)
					p.Give(Lease{First: 20002, Last: 20002, Tenant: Tenant{Dir: state, Key: "B"}})
				})
				var unavailable *UnavailableError
				if !errors.As(warning, &unavailable) || !strings.Contains(warning.Error(), name) {
					t.Errorf("%v", warning)
				}
				if known != 0 || len(storeIn(state, day).Read().Leases) != 0 {
					t.Error("it was obeyed")
				}
				if took := time.Since(began); took > time.Second {
					t.Errorf("took %v", took)
				}
				if after := fingerprint(t, file); after != before {
					t.Errorf("it was %s and is %s", before, after)
				}
				if text, err := os.ReadFile(elsewhere); err != nil || string(text) != goodRecord {
					t.Errorf("what the link leads to: %q, %v", text, err)
				}
				if _, err := os.Lstat(elsewhere + ".not"); err == nil {
					t.Error("something was made where the link leads")
				}
			})
		}
	}
}

// fingerprint is what a file is, without opening it.
func fingerprint(t *testing.T, file string) string {
	t.Helper()
	info, err := os.Lstat(file)
	if err != nil {
		return err.Error()
	}
	return info.Mode().String() + " " + info.ModTime().String()
}

// TestForeignDirectory: whoever has the directory can replace the store at any time.
func TestForeignDirectory(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	state := t.TempDir()
	if err := errors.Join(os.WriteFile(filepath.Join(state, fileName), []byte(goodRecord), 0o600), os.Chown(state, 12345, 12345)); err != nil {
		t.Fatal(err)
	}
	warning := update(t, storeIn(state, day), func(p *Tx) {
		if len(p.Leases) > 0 {
			t.Error("it was obeyed")
		}
		p.Give(Lease{First: 20002, Last: 20002, Tenant: Tenant{Dir: state, Key: "B"}})
	})
	if warning == nil || !strings.Contains(warning.Error(), "belongs to another user") {
		t.Error(warning)
	}
	if text, err := os.ReadFile(filepath.Join(state, fileName)); err != nil || string(text) != goodRecord {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := os.Lstat(filepath.Join(state, lockName)); err == nil {
		t.Error("a lock was left there")
	}
}

// TestHugeBook is put aside without being read to its end.
func TestHugeRecord(t *testing.T) {
	state := t.TempDir()
	file := filepath.Join(state, fileName)
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(1<<40), f.Close()); err != nil {
		t.Skip(err) // no sparse files here
	}
	warning := update(t, storeIn(state, day), func(p *Tx) { p.Give(Lease{First: 20001, Last: 20001, Tenant: Tenant{Dir: state, Key: "A"}}) })
	var broken *BrokenError
	if !errors.As(warning, &broken) || !strings.Contains(warning.Error(), "larger than 4 MiB") {
		t.Error(warning)
	}
	if all := leasesOf(t, storeIn(state, day)); len(all) != 1 {
		t.Errorf("%+v", all)
	}
}

// TestBookThatWouldGrowTooLarge is not written, so that the next run can read what there is.
func TestRecordThatWouldGrowTooLarge(t *testing.T) {
	state := t.TempDir()
	update(t, storeIn(state, day), func(p *Tx) { p.Give(Lease{First: 20001, Last: 20001, Tenant: Tenant{Dir: state, Key: "A"}}) })
	long := string(bytes.Repeat([]byte("k"), maxSize))
	warning := update(t, storeIn(state, day), func(p *Tx) { p.Give(Lease{First: 20002, Last: 20002, Tenant: Tenant{Dir: state, Key: long}}) })
	var unavailable *UnavailableError
	if !errors.As(warning, &unavailable) || len(leasesOf(t, storeIn(state, day))) != 1 {
		t.Errorf("%.200v", warning)
	}
}
