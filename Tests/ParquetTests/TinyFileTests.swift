import ByteCore
import Testing

@testable import Parquet

@Suite("Small files by pyarrow")
struct TinyFileTests {
    @Test("rows, leaves and values", arguments: TinyFile.all.indices)
    func whole(index: Int) async throws {
        let tiny = TinyFile.all[index]
        let file = Bytes(tiny.bytes)
        let metadata = try await readFooter(of: file)
        #expect(metadata.rowCount == tiny.rowCount, "\(tiny.name)")
        #expect(metadata.createdBy?.hasPrefix("parquet-cpp-arrow") == true)
        #expect(try SchemaTree(metadata.schema).leaves.count == tiny.leafCount)
        let walk = try await FileWalk(file)
        #expect(walk.rowCount == tiny.rowCount)
        #expect(walk.valueCount == metadata.rowGroups.flatMap(\.columns).reduce(0) { $0 + Int($1.valueCount) })
        for column in metadata.rowGroups.flatMap(\.columns) { #expect(!column.path.isEmpty) }
    }

    @Test("cut after every byte, none of them is a file", arguments: TinyFile.all.indices)
    func truncated(index: Int) async {
        let tiny = TinyFile.all[index]
        let file = Bytes(tiny.bytes)
        for count in 0..<file.count {
            await #expect(throws: ParquetError.self, "\(tiny.name), \(count) bytes") {
                try await FileWalk(file[0..<count])
            }
        }
    }

    @Test("with every byte changed, each gives values or an error", arguments: TinyFile.all.indices)
    func changed(index: Int) async throws {
        let original = TinyFile.all[index].bytes
        var limits = Limits()
        limits.pageByteCount = 1 << 20
        for offset in original.indices {
            for mask in [1 << UInt8(offset % 8), 0x80, 0xFF] as [UInt8] {
                var file = original
                file[offset] ^= mask
                do {
                    _ = try await FileWalk(Bytes(file), limits: limits)
                } catch {
                    // An error of another type would be one that nothing above can sort.
                    #expect(error is ParquetError)
                }
            }
        }
    }

    @Test("checksums find every changed byte of a page")
    func checksums() async throws {
        let original = TinyFile.all[0].bytes
        let metadata = try await readFooter(of: Bytes(original))
        let leaves = try SchemaTree(metadata.schema).leaves
        let column = metadata.rowGroups[0].columns[0]
        let start = try #require(column.dictionaryPageOffset)
        let chunk = Array(original[Int(start)..<Int(start + column.totalCompressedByteCount)])
        var walker = PageWalker(chunk: Bytes(chunk), leaf: leaves[0], metadata: column)
        let page = try #require(try walker.next())
        #expect(page.header.checksum != nil)
        let headerByteCount = try #require(
            chunk.indices.first { Array(chunk[$0...].prefix(page.body.count)) == Array(page.body) })
        for offset in headerByteCount..<headerByteCount + page.body.count {
            var changed = chunk
            changed[offset] ^= 0x10
            var walker = PageWalker(chunk: Bytes(changed), leaf: leaves[0], metadata: column)
            #expect(throws: DecodeFault(.checksum)) { try walker.next() }
        }
    }
}
