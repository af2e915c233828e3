package refusal

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// pattern is one way to word a refusal. The kind is what the words say, or follows from the reason that they end with.
type pattern struct {
	words func() *regexp.Regexp
	kind  Kind
	by    Refuser // ByEngine: what stands before decides
	// noContainer: no container of the same engine has the port, see [Refusal.NoContainer].
	noContainer bool
}

// wordings are the ways to refuse a port, of every engine since 20.10, of Docker Desktop, RootlessKit, Podman and Windows, and a name, of
// engines, Podman and Compose.
var wordings = []pattern{
	{words: wordedAs(`Bind for {at} failed: port is already allocated`), kind: Allocated},
	{words: wordedAs(`Bind for {at}: unexpected error \(Failure EADDRINUSE\)`), kind: InTheWay, by: ByDesktop},
	{words: wordedAs(`failed to bind host port for {at}:{at2}/{proto}: {why}`)},                                // 28, one port
	{words: wordedAs(`failed to bind host port {tried} for {ip}:[0-9-]*:{at2}/{proto}: {why}`)},                // 28, one of a range
	{words: wordedAs(`failed to (?:bind host port|create socket for) {at}/{proto}: {why}`), noContainer: true}, // 29
	{words: wordedAs(`listen {proto}[46]? {at}: (?:bind|listen): {why}`)},                                      // docker-proxy and all others
	{words: wordedAs(`failed to listen on {proto} socket: {why}`)},
	{words: wordedAs(`userland proxy: {why}`)},
	{words: wordedAs(`Timed out proxy starting the userland proxy`), kind: TimedOut},
	{words: wordedAs(`conflicting options: port (?:publishing|exposing) and the container type network mode`), kind: Unpublishable},
	{words: wordedAs(`cannot bind {proto} port {at}: {why}`), by: ByPodman},
	{words: wordedAs(`Failed to bind port {tried} \({why}\)`), by: ByPodman}, // pasta
	{words: wordedAs(`cannot expose privileged port {tried},.{0,250}?permission denied`), kind: Privileged, by: ByRootless},
	{words: wordedAs(`rootlessport cannot expose privileged port {tried},.{0,250}?permission denied`), kind: Privileged, by: ByPodman},
	{words: wordedAs(`make cli opts\(\): strconv.Atoi: parsing "(?P<first>[0-9]{1,5})-(?P<last>[0-9]{1,5})"`), kind: NoPool, by: ByPodman},
	{words: wordedAs(`failed to bind {proto} listener on {at}: (?:(?i:io error): )?{why}`), by: ByPodmanDNS},
	{words: wordedAs(`AddPort\(\): conflict with ID [0-9]+`), kind: DoublyOpened, by: ByRootless},
	{words: wordedAs(`rootlessport conflict with ID [0-9]+`), kind: DoublyOpened, by: ByPodman},
	{words: wordedAs(`exposing port {proto} {at} -> {at2}`), kind: Unreasoned, by: ByDesktop},
	{words: wordedAs(`Failed to bind: EADDRINUSE`), kind: InTheWay, by: ByDesktop},
	{words: wordedAs(`failed to bind port: Unix.Unix_error\(Unix.EADDRINUSE`), kind: InTheWay, by: ByDesktop},
	{words: wordedAs(`failed to bind port: Unix.Unix_error\(Unix.EADDRNOTAVAIL`), kind: NotHere, by: ByDesktop},
	{words: wordedAs(`unable to list exposed ports`), kind: NoAnswer, by: ByDesktop},
	{words: wordedAs(`port '{tried}' is already in use by service '(?P<holder>[^']{1,200})'(?: \([0-9a-z]+\))?(?: as (?:an ingress|a host-published) port)?`), kind: SwarmHas, by: BySwarm},
	{words: wordedAs(`host-mode port already in use on [0-9]+ nodes?`), kind: NoNode, by: BySwarm},
	{words: wordedAs(`unable to find a node with port {tried} available`), kind: NoNode, by: BySwarm},
	{words: wordedAs(`Local port {tried} conflicts with other ports used by other services`), kind: InTheWay, by: BySynology},
	{words: wordedAs(`(?:HNS failed with error|hnsCall failed in Win32) :(?: The object already exists|.{0,200}?\(0x1392\))`), kind: ObjectExists, by: ByWindowsHNS},
	{words: wordedAs(`(?:HNS failed with error|hnsCall failed in Win32) :.{0,200}?(?:being used by another process|\(0x20\))`), kind: InTheWay, by: ByWindowsHNS},
	{words: wordedAs(`(?:Conflict\. )?[Tt]he container name "?/?{name}"? is already in use by ` +
		`(?:container(?: "[0-9a-f]{1,64}(?:…|\.\.\.)?"?| [0-9a-f]{12,64})?|"?[0-9a-f]{12,64}"?)` +
		`(?:\. You have to remove (?:\(or rename\) )?that container to be able to reuse that name\.?)?`), kind: NameTaken},
	{words: wordedAs(`name {name} already in use, cannot rename container`), kind: NameTaken, by: ByPodman},           // before 5
	{words: wordedAs(`name "{name}" is in use: container already exists`), kind: NameTaken, by: ByPodman},             // of a pod, too
	{words: wordedAs(`UNIQUE constraint failed: (?:ContainerConfig|PodConfig)\.Name`), kind: NameTaken, by: ByPodman}, // from 5 on, of a rename
	{words: wordedAs(`services\.{service}: container name "{name}" is already in use by service`), kind: NameTwice},
	{words: wordedAs(`[Tt]he "{service}" service is using the custom container name "{name}"`), kind: NameScaled},
	{words: wordedAs(`can't set container_name and {service} as container name must be unique`), kind: NameScaled},
	{words: wordedAs(`all ports are allocated`), kind: AllTaken},
	{words: wordedAs(`invalid port range: (?P<first>[0-9]{1,5})-(?P<last>[0-9]{1,5})`), kind: BadRange},
}

// endings are the reasons {why}, and what they mean.
var endings = []struct {
	words string
	kind  Kind
}{
	{"address already in use", InTheWay},
	{"Address already in use", InTheWay},
	{"Only one usage of each socket address", InTheWay},
	{"An attempt was made to access a socket in a way forbidden by its access permissions", Forbidden},
	{"cannot assign requested address", NotHere},
	{"Cannot assign requested address", NotHere},
	{"The requested address is not valid in its context", NotHere},
	{"permission denied", Privileged},
	{"protocol not supported", NoProtocol},

	// the two of Windows in other languages: WSAEADDRINUSE and WSAEACCES
	{"Normalerweise darf jede Socketadresse", InTheWay},
	{"Une seule utilisation de chaque adresse de socket", InTheWay},
	{"Solo se permite un uso de cada dirección de socket", InTheWay},
	{"Di norma è consentito un solo utilizzo di ogni indirizzo di socket", InTheWay},
	{"Normalmente é permitida apenas uma utilização de cada endereço de soquete", InTheWay},
	{"Обычно разрешается только одно использование адреса сокета", InTheWay},
	{"通常每个套接字地址", InTheWay},
	{"Der Zugriff auf einen Socket war aufgrund der Zugriffsrechte des Sockets unzulässig", Forbidden},
	{"Une tentative d'accès à un socket de manière interdite par ses autorisations d'accès", Forbidden},
	{"Intento de acceso a un socket no permitido por sus permisos de acceso", Forbidden},
	{"Tentativo di accesso al socket con modalità non consentite dalle rispettive autorizzazioni di accesso", Forbidden},
	{"Foi feita uma tentativa de acesso a um soquete de uma maneira proibida pelas permissões de acesso", Forbidden},
	{"Сделана попытка доступа к сокету методом, запрещенным правами доступа", Forbidden},
	{"以一种访问权限不允许的方式做了一个访问套接字的尝试", Forbidden},
}

// wordedAs is a regular expression. {at} is ADDRESS:PORT, {at2} the same inside of the container, {ip} an address, {tried}
// a port, {why} one of the reasons, {name} and {service} what Compose and engines take for one. It is for text without white space.
//
// It is made where a text is read for the first time: most runs read none.
func wordedAs(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return compile(text) })
}

func compile(text string) *regexp.Regexp {
	var whys []string
	for _, r := range endings {
		whys = append(whys, r.words)
	}
	const ip = `\[[0-9a-fA-F:.%]*\]|[0-9a-fA-F:.]*|\*`
	text = strings.NewReplacer(
		"{at}", `(?P<ip>`+ip+`):(?P<first>[0-9]{1,5})`, "{at2}", `(?:\[[0-9a-f:]*\]|[0-9.]*):?[0-9]*`,
		"{ip}", `(?P<ip>\[[0-9a-f:.]*\]|[0-9.]*)`, "{tried}", `(?P<first>[0-9]{1,5})`,
		"{name}", `(?P<name>[A-Za-z0-9][A-Za-z0-9_.-]{0,254})`, "{service}", `(?P<service>[A-Za-z0-9_.-]{1,255}?)`, "{proto}", `(?P<proto>(?i:tcp|udp|sctp))`, "{why}", `(?P<why>`+strings.Join(whys, "|")+`)`,
	).Replace(text)

	return regexp.MustCompile(strings.ReplaceAll(text, " ", ""))
}

// read turns a match into a refusal. What looks like a port and can't be one is no refusal.
func (p pattern) read(line string, at []int) (Refusal, bool) {
	r := Refusal{Kind: p.kind, By: p.by, NoContainer: p.noContainer}
	for i, name := range p.words().SubexpNames() {
		if i == 0 || name == "" || at[2*i] < 0 {
			continue
		}
		if ok := r.set(name, line[at[2*i]:at[2*i+1]]); !ok {
			return r, false
		}
	}

	r.Last = max(r.First, r.Last)
	return r, true
}

// set takes over one named part of a wording.
func (r *Refusal) set(name, value string) bool {
	switch name {
	case "ip":
		r.Addr, _ = netip.ParseAddr(strings.Trim(value, "[]")) // none, and Podman's *, are the zero Addr
	case "first", "last":
		n, err := strconv.ParseUint(value, 10, 16)
		if name == "first" {
			r.First = uint16(n)
		} else {
			r.Last = uint16(n)
		}
		return err == nil
	case "proto":
		r.Proto = strings.ToLower(value)
	case "holder":
		r.Holder = value
	case "name":
		r.Name = value
	case "service":
		r.Service = value
	case "why":
		r.Kind = reason(value)
	}
	return true
}

func reason(letters string) Kind {
	for _, e := range endings {
		if strings.ReplaceAll(e.words, " ", "") == letters {
			return e.kind
		}
	}
	return Unreasoned
}
