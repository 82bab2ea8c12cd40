package collector

import "slices"

// How often a source has to repeat a jump before it is believed.
const (
	confirmations      = 1 // where another source has a say, which the band then asks
	confirmationsAlone = 3 // where nobody else can tell
)

// panel is the sources that have a say about one token.
type panel struct {
	passed  []*statement // through the gates of their own
	held    []*statement // a jump, to be confirmed
	repeats []*statement // cached: usable, and nothing new
	voters  []voter      // of passed
}

// call calls those to the panel that know the price at first hand, or those that
// derive it from another source.
func (p *panel) call(hearing []*statement, derived bool) {
	p.passed, p.held, p.repeats = p.passed[:0], p.held[:0], p.repeats[:0]
	for _, s := range hearing {
		if s.desk.derived != derived {
			continue
		}
		switch s.reason {
		case "":
			p.passed = append(p.passed, s)
		case ReasonHeld:
			p.held = append(p.held, s)
		case ReasonUnchanged, ReasonFrozen, ReasonResting:
			p.repeats = append(p.repeats, s)
			s.used = true
		}
	}
}

// sendHome rejects what derived sources say: it would be a second vote of the source
// that they derive it from.
func (p *panel) sendHome(hearing []*statement) {
	for _, s := range hearing {
		if s.desk.derived && s.reason == "" {
			s.reason = ReasonDerived
		}
	}
}

// confirmJumps decides about the jumps. Where those that did not jump are the majority
// they decide at once, by the band. Else a jump waits until its source has repeated it.
func (p *panel) confirmJumps() {
	if len(p.held) == 0 {
		return
	}
	if len(p.held) < len(p.passed) {
		p.release(func(*statement) bool { return true })
		return
	}
	needed := confirmationsAlone
	if len(p.passed)+len(p.held)+len(p.repeats) > 1 {
		needed = confirmations
	}
	passed := p.passed
	p.release(func(s *statement) bool {
		return s.memory().confirmed >= needed || len(passed) == 1 && differ(s.voter, passed[0].voter) <= minBand
	})
}

// release lets jumps take part in the vote.
func (p *panel) release(which func(*statement) bool) {
	for _, s := range p.held {
		if which(s) {
			s.reason = ""
			p.passed = append(p.passed, s)
		}
	}
}

// vote holds what passed against one another, and says whether the price is disputed.
func (p *panel) vote() (disputed bool) {
	p.voters = p.voters[:0]
	for _, s := range p.passed {
		p.voters = append(p.voters, s.voter)
	}
	result := combine(p.voters)
	if len(p.voters) == 1 && slices.ContainsFunc(p.repeats, func(w *statement) bool {
		return !vouched(p.voters[0], w.voter)
	}) {
		result = verdict{keep: []bool{false}, disputed: true, reason: ReasonDisputed}
	}
	for i, s := range p.passed {
		if s.used = result.keep[i]; s.used {
			continue
		}
		s.reason = result.reason
		s.memory().confirmed = 0 // it is confirmed by nobody as long as others contradict it
	}
	return result.disputed
}
