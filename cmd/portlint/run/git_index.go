package run

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// errIndex says that a file is not an index of git in a version that is known.
var errIndex = errors.New("it is not an index of git of version 2, 3 or 4")

// The parts of an index, in bytes. Source: git Documentation/gitformat-index.
const (
	indexHeader   = 12 // "DIRC", version, number of entries
	indexStat     = 40 // of an entry, before its object id
	indexExtended = 1 << 14
)

// indexNames lists the files in an index whose object ids have so many bytes: 20, or 32 with SHA-256.
func indexNames(text []byte, idSize int) ([]string, error) {
	if len(text) < indexHeader || string(text[:4]) != "DIRC" {
		return nil, errIndex
	}
	version, count := binary.BigEndian.Uint32(text[4:]), binary.BigEndian.Uint32(text[8:])
	if version < 2 || version > 4 {
		return nil, errIndex
	}

	var names []string
	before := ""
	rest := text[indexHeader:]
	for range count {
		name, size, err := indexEntry(rest, version, idSize, before)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
		before, rest = name, rest[size:]
	}

	return names, nil
}

// indexEntry reads the name of the first entry of a text, and how many bytes the entry has. In version 4 the name says only what
// differs from the one before.
func indexEntry(text []byte, version uint32, idSize int, before string) (name string, size int, err error) {
	at := indexStat + idSize + 2
	if len(text) < at+2 {
		return "", 0, errIndex
	}
	if flags := binary.BigEndian.Uint16(text[at-2:]); version >= 3 && flags&indexExtended != 0 {
		at += 2
	}

	shared := 0
	if version == 4 {
		dropped, n := indexNumber(text[at:])
		if n == 0 || dropped > len(before) {
			return "", 0, errIndex
		}
		shared, at = len(before)-dropped, at+n
	}

	end := bytes.IndexByte(text[at:], 0)
	if end < 0 {
		return "", 0, errIndex
	}
	size = at + end + 1
	if version < 4 {
		size = (at + end + 8) &^ 7 // one to eight bytes of zero
	}
	if size > len(text) {
		return "", 0, errIndex
	}
	return before[:shared] + string(text[at:at+end]), size, nil
}

// indexNumber reads a number of variable length, and how many bytes it has, 0 for one that does not end.
// Source: git varint.c, decode_varint.
func indexNumber(text []byte) (number, size int) {
	for i, b := range text {
		if i > 4 {
			return 0, 0
		}
		if i > 0 {
			number++
		}
		number = number<<7 | int(b&0x7f)
		if b&0x80 == 0 {
			return number, i + 1
		}
	}

	return 0, 0
}
