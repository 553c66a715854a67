/// Which tables to sync: patterns in which `*` stands for any run of characters.
///
/// A table is selected if one of `tables` and none of `skipTables` matches its whole name. Names are compared byte by
/// byte.
public struct TableSelection: Sendable, Hashable {
    /// Patterns of tables to take.
    public var tables: [String]
    /// Patterns of tables to leave out; they win.
    public var skipTables: [String]
    /// Whether child tables of skipped ones are skipped too.
    public var skipDependentTables: Bool

    /// Creates a selection.
    public init(tables: [String] = ["*"], skipTables: [String] = [], skipDependentTables: Bool = false) {
        self.tables = tables
        self.skipTables = skipTables
        self.skipDependentTables = skipDependentTables
    }

    /// Returns the selected tables, in their order.
    ///
    /// - Throws: `UnmatchedPattern` for a pattern of either list that matches no table.
    public func select(from tables: [Table]) throws(UnmatchedPattern) -> [Table] {
        try select(from: tables, name: \.name)
    }

    /// Returns the selected names, in their order.
    ///
    /// - Throws: `UnmatchedPattern` for a pattern of either list that matches no name.
    public func select(from names: [String]) throws(UnmatchedPattern) -> [String] {
        try select(from: names, name: \.self)
    }

    private func select<Item>(from items: [Item], name: KeyPath<Item, String>) throws(UnmatchedPattern) -> [Item] {
        let names = items.map { Array($0[keyPath: name].utf8) }
        let taken = try matches(tables, list: "tables", names: names)
        let skipped = try matches(skipTables, list: "skip_tables", names: names)
        return items.indices.filter { taken[$0] && !skipped[$0] }.map { items[$0] }
    }

    /// Returns for each name whether one of the patterns matches it.
    private func matches(
        _ patterns: [String], list: String, names: [[UInt8]]
    ) throws(UnmatchedPattern) -> [Bool] {
        var matched = [Bool](repeating: false, count: names.count)
        for pattern in patterns {
            let glob = Array(pattern.utf8)
            var found = false
            for index in names.indices where Self.matches(glob, names[index]) {
                matched[index] = true
                found = true
            }
            if !found { throw UnmatchedPattern(list: list, pattern: pattern) }
        }
        return matched
    }

    /// Returns whether a pattern matches a whole name, going back only to the last `*` seen: O(pattern × name).
    public static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        var patternIndex = 0
        var nameIndex = 0
        var lastStar: (next: Int, nameIndex: Int)?
        while nameIndex < name.count {
            if patternIndex < pattern.count, pattern[patternIndex] == UInt8(ascii: "*") {
                patternIndex += 1
                lastStar = (patternIndex, nameIndex)
            } else if patternIndex < pattern.count, pattern[patternIndex] == name[nameIndex] {
                patternIndex += 1
                nameIndex += 1
            } else if let star = lastStar {
                patternIndex = star.next
                nameIndex = star.nameIndex + 1
                lastStar = (star.next, nameIndex)
            } else {
                return false
            }
        }
        return pattern[patternIndex...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}

/// A pattern that nothing matches.
public struct UnmatchedPattern: Error, Hashable, Sendable, CustomStringConvertible {
    /// The list it is in, such as `tables` or `skip_tables`.
    public let list: String
    /// The pattern.
    public let pattern: String

    /// Creates the error for a pattern of a list of the spec.
    public init(list: String, pattern: String) {
        self.list = list
        self.pattern = pattern
    }

    /// The text of CloudQuery's Go plugins.
    public var description: String { "\(list) include a pattern \(pattern) with no matches" }
}
