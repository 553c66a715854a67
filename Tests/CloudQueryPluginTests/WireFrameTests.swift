import ByteCore
import CloudQueryProtocol
import RPC
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

    @Test("a payload is read as swift-protobuf reads it, whatever fields are around it")
    func payloads() throws {
        var response = WireRead.Response()
        response.record = .init([7, 8, 9])
        let record: [UInt8] = try response.serializedBytes()
        let others: [[UInt8]] = [
            [], [0x10, 0x96, 0x01], [0x11, 1, 2, 3, 4, 5, 6, 7, 8], [0x1A, 2, 5, 5], [0x25, 1, 2, 3, 4], [0x0A, 1, 3],
        ]
        for before in others {
            for after in others {
                let message = before + record + after
                let expected = try WireRead.Response(serializedBytes: message).record
                #expect(try WireFrame.payload(of: Bytes(message)) == Bytes(expected), "\(message)")
            }
        }
        #expect(try WireFrame.payload(of: Bytes()) == Bytes())
        for cut in 1..<record.count {
            #expect(throws: RPCStatus.self) { try WireFrame.payload(of: Bytes(record[..<cut])) }
        }
        let tooLong: [UInt8] = [0x0A] + [UInt8](repeating: 0xFF, count: 9) + [1]
        for broken: [UInt8] in [tooLong, [0x0B], [0x0C], [0x0F, 1], [0x80]] {
            #expect(throws: RPCStatus.self) { try WireFrame.payload(of: Bytes(broken)) }
        }
    }

    @Test("the payload is handed over, not copied")
    func shared() {
        let payload = Bytes([UInt8](repeating: 1, count: 1_000))
        let parts = WireFrame.nested(2, payload)
        #expect(parts.count == 2)
        #expect(unsafe parts[1].pointer.baseAddress == payload.pointer.baseAddress)
    }
}
