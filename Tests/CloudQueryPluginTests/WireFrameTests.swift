import ByteCore
import CloudQueryProtocol
import SwiftProtobuf
import Testing

@testable import CloudQueryPlugin

@Suite("Frames around payloads")
struct WireFrameTests {
    private func joined(_ parts: [Bytes]) -> [UInt8] { parts.flatMap { [UInt8]($0) } }

    @Test("the bytes are those of the message", arguments: [1, 2, 5])
    func knownBytes(field: Int) {
        let parts = WireFrame.nested(field, Bytes([7, 8, 9]))
        #expect(joined(parts) == [UInt8(field << 3 | 2), 5, 0x0A, 3, 7, 8, 9])
    }

    @Test("swift-protobuf reads them, at every width of the lengths", arguments: [1, 120, 127, 128, 16_380, 3_000_000])
    func parsed(byteCount: Int) throws {
        let payload = Bytes([UInt8](repeating: 0xAB, count: byteCount))
        let insert = try WireSync.Response(serializedBytes: joined(WireFrame.nested(2, payload)))
        #expect(Bytes(insert.insert.record) == payload)
        let migrate = try WireWrite.Request(serializedBytes: joined(WireFrame.nested(1, payload)))
        #expect(Bytes(migrate.migrateTable.table) == payload)
        let tables = try WireGetTables.Response(
            serializedBytes: joined(WireFrame.repeated([payload, Bytes(), payload])))
        #expect(tables.tables.map { Bytes($0) } == [payload, Bytes(), payload])
    }

    @Test("the payload is handed over, not copied")
    func shared() {
        let payload = Bytes([UInt8](repeating: 1, count: 1_000))
        let parts = WireFrame.nested(2, payload)
        #expect(parts.count == 2)
        #expect(unsafe parts[1].pointer.baseAddress == payload.pointer.baseAddress)
    }
}
