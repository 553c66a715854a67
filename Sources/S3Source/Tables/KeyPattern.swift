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
    let placeholders: [KeyPlaceholder]
    /// For each placeholder the first one of its name.
    private let firstUses: [Int]

    init(_ elements: [Element]) {
        let placeholders = elements.compactMap { element in
            if case .placeholder(let placeholder) = element { placeholder } else { nil as KeyPlaceholder? }
        }
        self.elements = elements
        self.placeholders = placeholders
        firstUses = placeholders.map { placeholder in
            placeholders.firstIndex { $0.name == placeholder.name } ?? 0
        }
    }

    /// Returns for each placeholder where in the key its text is; nil when the pattern does not match the whole key.
    ///
    /// Of several ways to match, the one whose earlier parts are shortest is taken.
    func match(_ key: [UInt8]) -> [Range<Int>]? {
        var matching = KeyMatching(elements: elements, key: key)
        guard matching.succeeds(from: 0, at: 0) else { return nil }
        let captures = Array(matching.captures.reversed())
        for (use, first) in firstUses.enumerated() where use != first {
            // The same placeholder twice must stand for the same text.
            guard key[captures[use]] == key[captures[first]] else { return nil }
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
        for end in ends(of: elements[index], at: start) {
            if case .anySegments = elements[index], end > start, key[end - 1] != UInt8(ascii: "/") { continue }
            guard succeeds(from: index + 1, at: end) else { continue }
            if case .placeholder = elements[index] { captures.append(start..<end) }
            return true
        }
        hasFailed[state] = true
        return false
    }

    /// Where an element that begins at a position may end; whole segments only after a slash.
    private func ends(of element: KeyPattern.Element, at start: Int) -> Range<Int> {
        switch element {
        case .text(let text):
            let end = start + text.count
            return end <= key.count && key[start..<end].elementsEqual(text) ? end..<end + 1 : 0..<0
        case .any, .anySegments: return start..<key.count + 1
        case .anyInSegment: return start..<segmentEnd(from: start) + 1
        case .placeholder(let placeholder):
            let lengths = placeholder.form.lengths(in: key[start..<segmentEnd(from: start)])
            return start + lengths.lowerBound..<start + lengths.upperBound
        }
    }

    private func segmentEnd(from start: Int) -> Int {
        var end = start
        while end < key.count, key[end] != UInt8(ascii: "/") { end += 1 }
        return end
    }
}
