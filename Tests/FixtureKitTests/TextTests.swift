import ArrowLayout
import ByteCore
import FixtureKit
import Testing

@Suite("Values as text")
struct TextTests {
    private func array(_ type: DataType, _ bytes: [UInt8], count: Int) -> ArrayView {
        ArrayView(ArrayData(type: type, count: count, nullCount: 0, buffers: [Bytes(), Bytes(bytes)]))
    }

    @Test("decimals of 256 bits are written with every digit")
    func wideDecimals() {
        let type = DataType.decimal256(precision: 76, scale: 2)
        let minimum = [UInt8](repeating: 0, count: 31) + [0x80]
        let small = [UInt8](repeating: 0xFF, count: 32)
        let view = array(type, minimum + small + [UInt8](repeating: 0, count: 32), count: 3)
        #expect(
            view.text(at: 0)
                == "-57896044618658097711785492504343953926634992332820282019728792003956564819968")
        #expect(view.text(at: 1) == "-1")
        #expect(view.text(at: 2) == "0")
        let schema = Schema([Field("a", type)])
        let batch = RecordBatch(schema: schema, rowCount: 3, columns: [view.array])
        #expect(JSONRow.text(of: batch, row: 1) == #"{"a":"-0.01"}"#)
    }

    @Test(
        "timestamps before 1970 and beyond four digits",
        arguments: [
            (-1, "1969-12-31T23:59:59.999"), (253_402_300_800_000, "10000-01-01T00:00:00.000"),
            (951_827_696_789, "2000-02-29T12:34:56.789"), (-62_198_755_200_000, "-0001-01-01T00:00:00.000"),
        ] as [(Int64, String)])
    func timestamps(milliseconds: Int64, expected: String) {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: milliseconds >> Int64($0 * 8)) }
        let type = DataType.timestamp(.millisecond, timezone: nil)
        let batch = RecordBatch(
            schema: Schema([Field("t", type)]), rowCount: 1, columns: [array(type, bytes, count: 1).array])
        #expect(JSONRow.text(of: batch, row: 0) == "{\"t\":\"\(expected)\"}")
    }

    @Test("the digest is that of the manifest's script")
    func digest() {
        var digest = ColumnDigest()
        #expect(digest.text == "cbf29ce484222325")
        digest.append("a")
        digest.append(nil)
        digest.append("é")
        #expect(digest.text == "665b2d80570d2869")
    }
}
