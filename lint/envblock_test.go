package lint

import "testing"

func TestSetEnvBlock(t *testing.T) {
	const begin, end = "# portlint: begin: what this checkout was given, `portlint assign --write` keeps it\n", "# portlint: end\n"
	web, db := EnvVar{"WEB_PORT", "23001"}, EnvVar{"DB_PORT", "23002"}
	for _, c := range []struct {
		name, text string
		vars       []EnvVar
		want       string
	}{
		{"an empty file", "", []EnvVar{db, web}, begin + "DB_PORT=23002\nWEB_PORT=23001\n" + end},
		{"nothing to write", "A=1\n", nil, "A=1\n"},
		{"at the end", "A=1\n", []EnvVar{web}, "A=1\n" + begin + "WEB_PORT=23001\n" + end},
		{"without a last line end", "A=1", []EnvVar{web}, "A=1\n" + begin + "WEB_PORT=23001\n" + end},
		{"in place", "A=1\n" + begin + "WEB_PORT=1\nOLD=2\n" + end + "B=2", []EnvVar{web}, "A=1\n" + begin + "WEB_PORT=23001\n" + end + "B=2"},
		{"the first line may be in older words", "# portlint: begin\nWEB_PORT=1\n# portlint: end", []EnvVar{web}, begin + "WEB_PORT=23001\n" + end},
		{"nothing is left for the block", "A=1\n" + begin + "WEB_PORT=1\n" + end + "B=2\n", nil, "A=1\nB=2\n"},
		{"a line outside, before", "WEB_PORT = '8080' # mine\n", []EnvVar{web}, "WEB_PORT = '23001' # mine\n"},
		{"a line outside, behind", begin + "WEB_PORT=1\nDB_PORT=2\n" + end + "export WEB_PORT=8080\n", []EnvVar{db, web},
			begin + "DB_PORT=23002\n" + end + "export WEB_PORT=23001\n"},
		{"a line outside on both sides", "WEB_PORT=1\n" + begin + "DB_PORT=2\n" + end + "WEB_PORT=8080\n", []EnvVar{db, web},
			"WEB_PORT=1\n" + begin + "DB_PORT=23002\n" + end + "WEB_PORT=23001\n"},
		{"Windows", "A=1\r\n", []EnvVar{web}, "A=1\r\n# portlint: begin: what this checkout was given, `portlint assign --write` keeps it\r\nWEB_PORT=23001\r\n# portlint: end\r\n"},
		{"a byte order mark", "\ufeff", []EnvVar{web}, "\ufeff" + begin + "WEB_PORT=23001\n" + end},
		{"a block behind a byte order mark", "\ufeff" + begin + "WEB_PORT=1\n" + end, []EnvVar{web}, "\ufeff" + begin + "WEB_PORT=23001\n" + end},
		{"a comment is no value", "# WEB_PORT=1\n", []EnvVar{web}, "# WEB_PORT=1\n" + begin + "WEB_PORT=23001\n" + end},
	} {
		got, err := SetEnvBlock([]byte(c.text), c.vars)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %v\n%q, want\n%q", c.name, err, got, c.want)
		}
		again, err := SetEnvBlock(got, c.vars)
		if err != nil || string(again) != string(got) {
			t.Errorf("%s: a second time %v\n%q", c.name, err, again)
		}
		for _, v := range c.vars {
			if value, ok := EnvValue(got, v.Name); !ok || value != v.Value {
				t.Errorf("%s: %s is %q", c.name, v.Name, value)
			}
		}
	}
}

func TestBlockWithoutEnd(t *testing.T) {
	_, err := SetEnvBlock([]byte("A=1\n# portlint: begin\nB=2\n"), nil)
	if err == nil || err.Error() != `the line "# portlint: begin", line 2, has no "# portlint: end" after it` {
		t.Error(err)
	}
}
