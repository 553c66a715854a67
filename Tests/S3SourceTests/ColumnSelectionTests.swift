import ArrowLayout
import CloudQueryPlugin
import Testing

@testable import S3Source

struct ColumnSelectionTests {
    @Test("all columns without patterns; else what columns matches and skip_columns does not")
    func includes() {
        #expect(ColumnSelection().includes("a"))
        let selection = ColumnSelection(columns: ["id", "price_*"], skipColumns: ["*_old"])
        #expect(
            ["id", "price_", "price_net", "price_old", "ID", "x"].map(selection.includes) == [
                true, true, true, false, false, false,
            ])
        #expect(!ColumnSelection(columns: ["caf\u{E9}"]).includes("cafe\u{301}"))
    }

    @Test("a file's ids are read with every selection, unless they are to be left out")
    func identity() {
        #expect(ColumnSelection(columns: ["a"]).includes("_cq_id"))
        #expect(ColumnSelection(columns: ["a"]).includes("_cq_parent_id"))
        #expect(!ColumnSelection(skipColumns: ["_cq_*"]).includes("_cq_id"))
    }

    @Test("patterns of either list must match a column of some table")
    func unmatched() {
        let selection = ColumnSelection(columns: ["a", "b*"], skipColumns: ["c", "*"])
        let names = ["a", "x"].map { Array($0.utf8) }
        #expect(
            selection.unmatched(in: names).map(\.description) == [
                "columns include a pattern b* with no matches", "skip_columns include a pattern c with no matches",
            ])
        #expect(ColumnSelection().unmatched(in: names).isEmpty)
    }

    @Test("a table must keep a column of its own")
    func remainder() throws {
        let selection = ColumnSelection(columns: ["a"])
        try selection.checkRemainder(Schema([Field("a", .int8)]), table: "t")
        try ColumnSelection().checkRemainder(Schema([]), table: "t")
        let error = #expect(throws: NoColumnsLeft.self) {
            try selection.checkRemainder(Schema([Field("_cq_id", .utf8)]), table: "t")
        }
        #expect(error?.description == "columns and skip_columns leave table t without a column")
    }
}
