import Testing

@testable import CloudQueryPlugin

@Suite("Table selection")
struct TableSelectionTests {
    @Test(
        "`*` stands for any run of characters, all else for itself",
        arguments: [
            ("*", "", true), ("*", "anything", true), ("", "", true), ("", "a", false), ("a", "a", true),
            ("a", "A", false), ("a*", "a", true), ("a*", "ba", false), ("*a", "ba", true), ("*a", "ab", false),
            ("a*c", "abc", true), ("a*c", "ac", true), ("a*c", "abcb", false), ("a*b*c", "a1b2c", true),
            ("a*b*c", "acb", false), ("*ab*ab*", "abab", true), ("*ab*ab*", "aba", false), ("ab*ba", "aba", false),
            ("**", "x", true), ("a**b", "ab", true), ("?", "a", false), ("[a]", "a", false), ("[a]", "[a]", true),
            (".*", "a", false), ("*\u{E9}", "caf\u{E9}", true), ("*\u{E9}", "cafe\u{301}", false),
            ("*a*a*a*a*b", String(repeating: "a", count: 500), false),
        ])
    func glob(pattern: String, name: String, expected: Bool) {
        #expect(TableSelection.matches(Array(pattern.utf8), Array(name.utf8)) == expected)
    }

    @Test("globs agree with trying every split, whatever pattern and name")
    func globProperty() {
        func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
            guard let first = pattern.first else { return name.isEmpty }
            if first == UInt8(ascii: "*") {
                return (name.startIndex...name.endIndex).contains { matches(pattern.dropFirst(), name[$0...]) }
            }
            return name.first == first && matches(pattern.dropFirst(), name.dropFirst())
        }
        let seed = UInt64.random(in: 0...UInt64.max)
        var state = seed
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(count))
        }
        for _ in 0..<20_000 {
            let pattern = (0..<random(7)).map { _ in Array("ab*".utf8)[random(3)] }
            let name = (0..<random(8)).map { _ in Array("ab".utf8)[random(2)] }
            #expect(
                TableSelection.matches(pattern, name) == matches(pattern[...], name[...]),
                "seed \(seed): \(pattern) \(name)")
        }
    }

    @Test("tables keep their order, skipping wins, and a table of two patterns comes once")
    func selection() throws {
        let selection = TableSelection(tables: ["b", "*"], skipTables: ["c*"])
        #expect(try selection.select(from: ["a", "b", "c1", "c2"]) == ["a", "b"])
        let tables = ["a", "b"].map { Table(name: $0, columns: []) }
        #expect(try TableSelection(tables: ["b"]).select(from: tables).map(\.name) == ["b"])
        #expect(try TableSelection(tables: []).select(from: ["a"]) == [])
        #expect(try TableSelection(tables: ["a"], skipTables: ["a"]).select(from: ["a"]) == [])
    }

    @Test("a pattern of either list that matches nothing is an error")
    func unmatched() {
        func reason(_ selection: TableSelection, _ names: [String]) -> String? {
            do {
                _ = try selection.select(from: names)
                return nil
            } catch {
                return "\(error)"
            }
        }
        #expect(reason(.init(tables: ["a", "x*"]), ["a"]) == "tables include a pattern x* with no matches")
        #expect(
            reason(.init(tables: ["*"], skipTables: ["y"]), ["a"]) == "skip_tables include a pattern y with no matches")
        #expect(reason(.init(tables: ["*"]), []) == "tables include a pattern * with no matches")
        #expect(reason(.init(tables: [""]), ["a"]) == "tables include a pattern  with no matches")
    }
}
