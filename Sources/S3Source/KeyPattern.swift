/// A pattern over whole keys: text, wildcards, and placeholders whose text the match gives.
///
/// `*` stands for any run of bytes without `/`, `**` for any run, and `**/` at the start of a segment for any number of
/// whole segments, also none. A placeholder stands for one run of bytes without `/`, as its form says. All else is
/// literal, byte by byte.
struct KeyPattern: Hashable, Sendable {
    /// What one part of a pattern stands for.
    enum Element: Hashable, Sendable {
        case text([UInt8])
        case anyInSegment
        case any
        case anySegments
        case placeholder(KeyPlaceholder)
    }

    /// The parts in order.
    let elements: [Element]

    /// The placeholders in the order in which a match gives their text.
    var placeholders: [KeyPlaceholder] {
        elements.compactMap { if case .placeholder(let placeholder) = $0 { placeholder } else { nil } }
    }

    /// Returns for each placeholder where in the key its text is; nil when the pattern does not match the whole key.
    ///
    /// Of several ways to match, the one whose earlier parts are shortest is taken.
    func match(_ key: [UInt8]) -> [Range<Int>]? {
        var matching = KeyMatching(elements: elements, key: key)
        guard matching.succeeds(from: 0, at: 0) else { return nil }
        let captures = Array(matching.captures.reversed())
        var firstUse: [String: Range<Int>] = [:]
        for (placeholder, range) in zip(placeholders, captures) {
            // The same placeholder twice must stand for the same text.
            guard let first = firstUse.updateValue(range, forKey: placeholder.name) else { continue }
            guard key[first] == key[range] else { return nil }
        }
        return captures
    }
}

/// One search for a way to match: every pair of element and position fails at most once.
private struct KeyMatching {
    let elements: [KeyPattern.Element]
    let key: [UInt8]
    /// What the placeholders matched, the last one first.
    var captures: [Range<Int>] = []
    private var hasFailed: [Bool]

    init(elements: [KeyPattern.Element], key: [UInt8]) {
        self.elements = elements
        self.key = key
        hasFailed = Array(repeating: false, count: elements.count * (key.count + 1))
    }

    mutating func succeeds(from index: Int, at start: Int) -> Bool {
        guard index < elements.count else { return start == key.count }
        let state = index * (key.count + 1) + start
        if hasFailed[state] { return false }
        for end in ends(of: elements[index], at: start) where succeeds(from: index + 1, at: end) {
            if case .placeholder = elements[index] { captures.append(start..<end) }
            return true
        }
        hasFailed[state] = true
        return false
    }

    /// Where an element that begins at a position may end.
    private func ends(of element: KeyPattern.Element, at start: Int) -> [Int] {
        let rest = key[start...]
        switch element {
        case .text(let text): return rest.starts(with: text) ? [start + text.count] : []
        case .any: return Array(start...key.count)
        case .anyInSegment: return Array(start...segmentEnd(from: start))
        case .anySegments: return [start] + rest.indices.filter { key[$0] == UInt8(ascii: "/") }.map { $0 + 1 }
        case .placeholder(let placeholder):
            return placeholder.form.lengths(in: key[start..<segmentEnd(from: start)]).map { start + $0 }
        }
    }

    private func segmentEnd(from start: Int) -> Int {
        key[start...].firstIndex(of: UInt8(ascii: "/")) ?? key.count
    }
}
