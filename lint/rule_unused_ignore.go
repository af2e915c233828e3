package lint

// unusedIgnoreRule has no check: Run alone knows which ignores were used.
var unusedIgnoreRule = Rule{
	Name: unusedIgnore, Severity: Warning, Certainty: Certain,
	Summary: "an ignore comment that matches nothing, or gives no reason",
}
