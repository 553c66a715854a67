import ByteCore
import Parquet

/// Pages of one column, under a footer that is always sound.
enum ColumnInput {
    /// Type, repetition and codec, number of values, and bytes of a fixed-length value.
    private static let choiceCount = 3

    static func read(_ input: Bytes) async throws {
        guard input.count > choiceCount else { return }
        let physicalType = input[0] % 8
        let converted = input[0] / 8
        let repetition = input[1] % 3
        let codec = input[1] / 3 % 8
        let valueCount = 1 + Int(input[2]) * 7
        let pages = input[choiceCount..<input.count]

        let element = CompactStruct { element in
            element.integer(1, Int(physicalType))
            if physicalType == 7 { element.integer(2, 1 + valueCount % 19) }
            element.integer(3, Int(repetition))
            element.text(4, "v")
            if converted < 22 { element.integer(6, Int(converted)) }
        }
        let root = CompactStruct { root in
            root.text(4, "root")
            root.integer(5, 1)
        }
        let metadata = CompactStruct { metadata in
            metadata.integer(1, Int(physicalType))
            metadata.list(2, ofIntegers: [])
            metadata.list(3, ofTexts: ["v"])
            metadata.integer(4, Int(codec))
            metadata.long(5, valueCount)
            metadata.long(6, pages.count)
            metadata.long(7, pages.count)
            metadata.long(9, 4)
        }
        let chunk = CompactStruct { chunk in
            chunk.long(2, 4)
            chunk.structure(3, metadata)
        }
        let rowGroup = CompactStruct { rowGroup in
            rowGroup.list(1, of: [chunk])
            rowGroup.long(2, pages.count)
            rowGroup.long(3, valueCount)
        }
        let footer = CompactStruct { footer in
            footer.integer(1, 2)
            footer.list(2, of: [root, element])
            footer.long(3, valueCount)
            footer.list(4, of: [rowGroup])
        }
        var file = ByteBuilder()
        file.append(contentsOf: Array("PAR1".utf8))
        file.append(contentsOf: pages)
        // Something to end the file with, so that the chunk may be read past its end.
        file.append(repeating: UInt8(0), count: 12)
        let parsed = try FileMetadata(footer: Bytes(footer.bytes), limits: FileInput.limits)
        try await FileInput.read(file.freeze(), parsed)
    }
}

/// A structure of Thrift's compact protocol as it is written.
///
/// Spec: Thrift compact protocol. Field numbers must rise, by 15 at most.
struct CompactStruct {
    private(set) var bytes: [UInt8] = []
    private var lastID = 0

    init(_ write: (inout CompactStruct) -> Void) {
        write(&self)
        bytes.append(0)
    }

    mutating func integer(_ id: Int, _ value: Int) { scalar(id, type: 5, value) }

    mutating func long(_ id: Int, _ value: Int) { scalar(id, type: 6, value) }

    mutating func text(_ id: Int, _ text: String) {
        begin(id, type: 8)
        append(text)
    }

    mutating func structure(_ id: Int, _ value: CompactStruct) {
        begin(id, type: 12)
        bytes += value.bytes
    }

    mutating func list(_ id: Int, of values: [CompactStruct]) {
        begin(id, type: 9)
        bytes.append(UInt8(values.count) << 4 | 12)
        for value in values { bytes += value.bytes }
    }

    mutating func list(_ id: Int, ofIntegers values: [Int]) {
        begin(id, type: 9)
        bytes.append(UInt8(values.count) << 4 | 5)
        for value in values { append(UInt64(value) << 1) }
    }

    mutating func list(_ id: Int, ofTexts values: [String]) {
        begin(id, type: 9)
        bytes.append(UInt8(values.count) << 4 | 8)
        for value in values { append(value) }
    }

    private mutating func begin(_ id: Int, type: UInt8) {
        bytes.append(UInt8(id - lastID) << 4 | type)
        lastID = id
    }

    private mutating func scalar(_ id: Int, type: UInt8, _ value: Int) {
        begin(id, type: type)
        append(UInt64(value) << 1)
    }

    private mutating func append(_ text: String) {
        append(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    private mutating func append(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
