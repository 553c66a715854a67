import ByteCore
import Testing

@testable import Parquet

@Suite("Schema tree")
struct SchemaTreeTests {
    private func group(_ name: String, _ children: Int32, _ repetition: Repetition? = .required) -> SchemaElement {
        SchemaElement(name: name, repetition: repetition, childCount: children)
    }

    private func leaf(_ name: String, _ repetition: Repetition? = .required) -> SchemaElement {
        SchemaElement(name: name, physicalType: .int32, repetition: repetition)
    }

    private func kind(_ elements: [SchemaElement], limits: Limits = .default) -> DecodeFault.Kind? {
        do throws(ParquetError) {
            _ = try SchemaTree(elements, limits: limits)
            return nil
        } catch {
            return error.kind
        }
    }

    @Test("levels and paths of a nested schema")
    func nested() throws {
        let tree = try SchemaTree([
            group("schema", 4, nil), leaf("id"), group("a", 1, .optional), group("list", 1, .repeated),
            leaf("element", .optional), group("s", 2), leaf("x", .optional), leaf("y"), leaf("z", .repeated),
        ])
        #expect(tree.leaves.map(\.name) == ["id", "a.list.element", "s.x", "s.y", "z"])
        #expect(tree.leaves.map(\.path)[1] == ["a", "list", "element"])
        #expect(tree.leaves.map(\.maxDefinitionLevel) == [0, 3, 1, 0, 1])
        #expect(tree.leaves.map(\.maxRepetitionLevel) == [0, 1, 0, 0, 1])
        #expect(tree.leaves.map(\.definitionBitWidth) == [0, 2, 1, 0, 1])
        #expect(tree.leaves.map(\.repetitionBitWidth) == [0, 1, 0, 0, 1])
        #expect(tree.leaves.map(\.isRequired) == [true, false, false, true, false])
        #expect(tree.leaves.map(\.index) == [0, 1, 2, 3, 4])
        #expect(tree.root.children.map(\.name) == ["id", "a", "s", "z"])
        #expect(tree.root.children[1].children[0].children[0].leafIndex == 1)
        #expect(tree.root.children[1].children[0].maxDefinitionLevel == 2)
        #expect(tree.root.children[2].children.map(\.name) == ["x", "y"])
        #expect(tree.root.children[2].isGroup)
    }

    @Test("no columns, empty groups, repeated names and a child count on a leaf")
    func oddities() throws {
        #expect(try SchemaTree([group("schema", 0, nil)]).leaves.isEmpty)
        #expect(try SchemaTree([SchemaElement(name: "schema")]).root.children.isEmpty)
        let empty = try SchemaTree([group("schema", 2, nil), group("g", 0, .optional), leaf("a")])
        #expect(empty.leaves.map(\.name) == ["a"])
        #expect(empty.root.children[0].isGroup)
        let same = try SchemaTree([group("schema", 2, .repeated), leaf("a"), leaf("a")])
        #expect(same.leaves.map(\.name) == ["a", "a"])
        #expect(same.leaves[0].maxRepetitionLevel == 0)
        var counted = leaf("a")
        counted.childCount = 0
        #expect(try SchemaTree([group("schema", 1, nil), counted]).leaves.count == 1)
    }

    @Test("child counts that do not make a tree")
    func childCounts() {
        #expect(kind([]) == .malformed(.missingField))
        for count in [-1, 2, 3, Int32.max] as [Int32] {
            #expect(kind([group("schema", count, nil), leaf("a")]) == .malformed(.schemaChildCount), "\(count)")
            #expect(kind([group("schema", 1, nil), group("g", count), leaf("a")]) == .malformed(.schemaChildCount))
        }
        #expect(kind([group("schema", 1, nil), leaf("a"), leaf("b")]) == .malformed(.schemaChildCount))
        #expect(kind([group("schema", 0, nil), leaf("a")]) == .malformed(.schemaChildCount))
    }

    @Test("leaves without repetition or length")
    func badLeaves() {
        #expect(kind([group("schema", 1, nil), leaf("a", nil)]) == .malformed(.schemaRepetition))
        var fixed = leaf("a")
        fixed.physicalType = .fixedLengthByteArray
        #expect(kind([group("schema", 1, nil), fixed]) == .malformed(.schemaTypeLength))
        fixed.typeLength = -1
        #expect(kind([group("schema", 1, nil), fixed]) == .malformed(.schemaTypeLength))
        fixed.typeLength = 12
        #expect(kind([group("schema", 1, nil), fixed]) == nil)
    }

    @Test("the deepest schema that levels can count, and one deeper")
    func depth() throws {
        func deep(_ count: Int) -> [SchemaElement] {
            [group("schema", 1, nil)] + (1..<count).map { group("g\($0)", 1, .optional) } + [leaf("a", .optional)]
        }
        #expect(try SchemaTree(deep(255)).leaves[0].maxDefinitionLevel == 255)
        #expect(kind(deep(256)) == .limit(.nestingDepth))
        #expect(kind(deep(40_000)) == .limit(.nestingDepth))
        var limits = Limits()
        limits.nestingDepth = 3
        #expect(kind(deep(3), limits: limits) == nil)
        #expect(kind(deep(4), limits: limits) == .limit(.nestingDepth))
    }

    @Test("errors name the column")
    func errorColumn() {
        let elements = [group("schema", 1, nil), group("s", 1), leaf("x", nil)]
        #expect {
            try SchemaTree(elements)
        } throws: { error in
            "\(error)" == "column \"s.x\": a schema element must be required, optional or repeated"
        }
    }
}
