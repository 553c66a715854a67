import ArrowLayout
import ByteCore
import Testing

@testable import S3Source

struct RowIdentityTests {
    private func ids(_ identity: RowIdentity, _ rows: Range<Int>) -> [[UInt8]] {
        rows.map { row in
            var builder = ByteBuilder()
            identity.append(row: row, to: &builder)
            return [UInt8](builder.freeze())
        }
    }

    @Test("the same bucket, key and row always give the same id")
    func stable() {
        let identity = RowIdentity(bucket: "bucket", key: Array("data/x.parquet".utf8))
        #expect(ids(identity, 0..<3) == ids(RowIdentity(bucket: "bucket", key: Array("data/x.parquet".utf8)), 0..<3))
        // From Python: SHA-256 of "bucket\\0data/x.parquet" with the version and variant bits set.
        #expect(ids(identity, 0..<1)[0] == UUIDColumn.parse(Bytes("ea95cc38-1861-88e8-80ea-f76690deae0b".utf8)))
    }

    @Test("rows of an object, and objects whose keys differ in form only, have different ids")
    func distinct() {
        let keys = ["a", "b", "caf\u{E9}", "cafe\u{301}", "", "a\0"]
        var all: Set<[UInt8]> = []
        for key in keys { all.formUnion(ids(RowIdentity(bucket: "b", key: Array(key.utf8)), 0..<1_000)) }
        #expect(all.count == keys.count * 1_000)
    }

    @Test("every id is a version 8 UUID of the RFC's variant, whatever the row")
    func version() {
        let identity = RowIdentity(bucket: "b", key: [1, 2, 3])
        for id in ids(identity, 0..<100) + ids(identity, (Int.max - 100)..<Int.max) {
            #expect(id.count == 16)
            #expect(id[6] >> 4 == 8)
            #expect(id[8] >> 6 == 0b10)
        }
    }

    @Test("text UUIDs become 16 bytes, missing ones are derived, anything else is named")
    func column() throws {
        let identity = RowIdentity(bucket: "b", key: [1])
        let text = "00112233-4455-6677-8899-AABBCCDDEEFF"
        var offsets = ByteBuilder()
        for offset in [0, 36, 36] { offsets.append(Int32(offset)) }
        let column = ArrayData(
            type: .utf8, count: 2, nullCount: 1, buffers: [Bytes([0b01]), offsets.freeze(), Bytes(text.utf8)])
        let converted = try UUIDColumn.converted(column, name: "_cq_id", firstRow: 10, fallback: identity)
        #expect(converted.nullCount == 0)
        #expect(Array([UInt8](converted.buffers[1]).prefix(16)) == (0..<16).map { UInt8($0 * 0x11) })
        #expect(Array([UInt8](converted.buffers[1]).suffix(16)) == ids(identity, 11..<12)[0])

        let kept = try UUIDColumn.converted(column, name: "_cq_parent_id", firstRow: 10, fallback: nil)
        #expect(kept.nullCount == 1)

        var wrongOffsets = ByteBuilder()
        for offset in [0, 3] { wrongOffsets.append(Int32(offset)) }
        let wrong = ArrayData(
            type: .utf8, count: 1, nullCount: 0, buffers: [Bytes(), wrongOffsets.freeze(), Bytes("abc".utf8)])
        let error = #expect(throws: RowError.self) {
            try UUIDColumn.converted(wrong, name: "_cq_id", firstRow: 5, fallback: identity)
        }
        #expect(error?.description == "column \"_cq_id\", row 5: the value is not a UUID")
    }
}
