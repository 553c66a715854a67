import ByteCore
import Testing

@testable import Parquet

@Suite("Thrift compact reader")
struct CompactReaderTests {
    @Test("fields by short and by long header, and skipped unknown ones of every type")
    func unknownFields() throws {
        let element = HandMade.element("a", type: 1) { writer in
            writer.bool(40, true)
            writer.header(41, type: 3)
            writer.bytes.append(0xFF)
            writer.header(42, type: 4)
            writer.zigzag(-300)
            writer.header(43, type: 7)
            writer.bytes += [UInt8](repeating: 1, count: 8)
            writer.binary(44, [1, 2, 3])
            writer.listHeader(45, type: 1, count: 3)
            writer.bytes += [1, 2, 0]
            // An empty list may be a zero byte.
            writer.header(46, type: 10)
            writer.bytes.append(0)
            writer.header(47, type: 11)
            writer.bytes.append(0)
            writer.header(48, type: 11)
            writer.bytes += [2, 0x81, 2, 65, 66, 1, 1, 67, 2]
            writer.structure(49) { writer in
                writer.structure(1) { $0.strings(9, ["x", "y"]) }
                writer.structures(2, [CompactWriter.structure { $0.bool(1, false) }, [0]])
            }
            writer.header(50, type: 13)
            writer.bytes += [UInt8](repeating: 7, count: 16)
            writer.binary(32_767, [9])
            writer.int32(7, 4)
        }
        let footer = Bytes(
            HandMade.footer(
                schema: [HandMade.element("schema", repetition: nil, children: 1), element],
                rowGroups: [HandMade.rowGroup([HandMade.chunk(bytes: 20)])]))
        let metadata = try FileMetadata(footer: footer)
        #expect(metadata.schema[1] == SchemaElement(name: "a", physicalType: .int32, repetition: .required))
        #expect(metadata.rowGroups[0].columns[0].valueCount == 5)
    }

    @Test("a known field of another wire type is skipped")
    func otherWireType() throws {
        let element = CompactWriter.structure { writer in
            writer.string(1, "not a type")
            writer.int32(3, 1)
            writer.string(4, "a")
            writer.strings(5, ["not", "a", "count"])
            writer.int64(9, 12)
        }
        var reader = CompactReader(Bytes(element).span, depthLimit: 4)
        let parsed = try SchemaElement(&reader)
        #expect(parsed == SchemaElement(name: "a", repetition: .optional, fieldID: 12))
        #expect(reader.offset == element.count)
    }

    private func fault(_ type: UInt8, _ bytes: [UInt8], depthLimit: Int = 255) -> DecodeFault? {
        var reader = CompactReader(Bytes(bytes).span, depthLimit: depthLimit)
        do throws(DecodeFault) {
            try reader.skip(type)
            return nil
        } catch {
            return error
        }
    }

    @Test("containers that claim more elements than there are bytes")
    func hugeCounts() {
        #expect(fault(9, [0xF5, 0xFF, 0xFF, 0xFF, 0xFF, 7])?.kind == .malformed(.listCount))
        #expect(fault(9, [0xF5, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F])?.kind == .malformed(.negativeSize))
        #expect(fault(9, [0xF1, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])?.kind == .malformed(.integerRange))
        #expect(fault(11, [0xFF, 0xFF, 0xFF, 0xFF, 7, 0x11])?.kind == .malformed(.listCount))
        #expect(fault(8, [0xFF, 0xFF, 0xFF, 0xFF, 7, 0])?.kind == .truncated)
        #expect(fault(8, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0])?.kind == .malformed(.negativeSize))
    }

    @Test("wire types and integers that the protocol does not have")
    func badTypes() {
        for type in [0, 14, 15] as [UInt8] { #expect(fault(type, [0])?.kind == .malformed(.thriftType)) }
        #expect(fault(9, [0x2E, 0, 0])?.kind == .malformed(.thriftType))
        #expect(fault(9, [0x20, 0, 0])?.kind == .malformed(.thriftType))
        #expect(fault(11, [1, 0x10, 1, 1])?.kind == .malformed(.thriftType))
        #expect(fault(6, [UInt8](repeating: 0xFF, count: 11))?.kind == .malformed(.varintTooLong))
    }

    @Test("deep structs and lists are refused without recursion", arguments: [UInt8(0x1C), 0x19])
    func deep(header: UInt8) {
        let bytes = [UInt8](repeating: header, count: 200_000)
        #expect(fault(header & 0x0F, bytes)?.kind == .limit(.nestingDepth))
        // As deep as is allowed: only the innermost value is missing.
        let innermost: DecodeFault.Kind = header == 0x1C ? .truncated : .malformed(.listCount)
        #expect(fault(header & 0x0F, [UInt8](bytes[..<255]))?.kind == innermost)
    }

    @Test("32-bit fields refuse more bits")
    func integerRange() {
        let bytes = CompactWriter.structure { $0.int64(1, 1 << 32) }
        #expect(throws: DecodeFault.malformed(.integerRange, at: 1)) {
            var reader = CompactReader(Bytes(bytes).span, depthLimit: 4)
            _ = try SchemaElement(&reader)
        }
    }
}
