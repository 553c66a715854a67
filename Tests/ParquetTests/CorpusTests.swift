import ByteCore
import Glibc
import Parquet
import Testing

/// Every file of a directory named by `PARQUET_CORPUS`, which has a `MANIFEST.tsv` with the columns `path` and `class`.
@Suite("Corpus")
struct CorpusTests {
    struct Entry {
        let path: String
        let kind: String
        /// What `DecryptionKeys(parsing:)` reads.
        let keys: String
    }

    private static func contents(_ path: String) -> Bytes? {
        guard let file = unsafe fopen(path, "rb") else { return nil }
        defer { unsafe fclose(file) }
        var builder = ByteBuilder()
        var count = 1
        while count > 0 {
            unsafe builder.append(byteCount: 1 << 20) { memory in
                count = unsafe fread(memory.baseAddress, 1, memory.count, file)
                return count
            }
        }
        return builder.freeze()
    }

    private static func entries(_ directory: String) throws -> [Entry] {
        let manifest = try #require(contents(directory + "/MANIFEST.tsv"))
        let lines = String(repairing: manifest.span).split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        let header = try #require(lines.first)
        let path = try #require(header.firstIndex(of: "path"))
        let kind = try #require(header.firstIndex(of: "class"))
        let keys = header.firstIndex(of: "keys")
        return lines.dropFirst().map { line in
            Entry(path: directory + "/" + line[path], kind: line[kind], keys: keys.map { line[$0] } ?? "")
        }
    }

    @Test("page indexes, bloom filters and statistics of every file are read or refused")
    func everyIndex() async throws {
        guard let directory = unsafe getenv("PARQUET_CORPUS") else { return }
        var read = 0
        var refused: [String: Int] = [:]
        for entry in try Self.entries(unsafe String(cString: directory)) {
            guard let file = Self.contents(entry.path), let metadata = try? await readFooter(of: file) else { continue }
            func part(_ offset: Int64, _ byteCount: Int64) -> Bytes? {
                guard offset >= 0, byteCount >= 0, offset <= file.byteCount - byteCount else { return nil }
                return file[Int(offset)..<Int(offset + byteCount)]
            }
            func count(_ what: String, _ body: () throws -> Void) {
                do {
                    try body()
                    read += 1
                } catch {
                    refused["\(what) of \(entry.path): \(error)", default: 0] += 1
                }
            }
            for rowGroup in metadata.rowGroups {
                for column in rowGroup.columns {
                    _ = column.statistics
                    if let range = column.offsetIndexRange, let bytes = part(range.offset, range.count) {
                        count("offset index") {
                            _ = try OffsetIndex(bytes, rowCount: rowGroup.rowCount, fileByteCount: file.byteCount)
                        }
                    }
                    if let range = column.columnIndexRange, let bytes = part(range.offset, range.count) {
                        count("column index") { _ = try ColumnIndex(bytes) }
                    }
                    if let offset = column.bloomFilterOffset, let bytes = part(offset, file.byteCount - offset) {
                        count("bloom filter") { _ = try BloomFilter(bytes) }
                    }
                }
            }
        }
        print("\(read) read")
        for (what, count) in refused.sorted(by: { $0.key < $1.key }) { print("\(count) refused: \(what)") }
        #expect(read >= refused.values.reduce(0, +))
    }

    @Test("encrypted files open with their keys to the last page, and never without")
    func everyEncryptedFile() async throws {
        guard let directory = unsafe getenv("PARQUET_CORPUS") else { return }
        var opened = 0
        for entry in try Self.entries(unsafe String(cString: directory)) where entry.kind == "encrypted" {
            let file = try #require(Self.contents(entry.path))
            let keys = try DecryptionKeys(parsing: entry.keys)
            let walk = try await FileWalk(file, keys: keys)
            #expect(walk.valueCount > 0)
            opened += 1
            let error = await #expect(throws: ParquetError.self) { try await FileWalk(file) }
            print("\(entry.path.suffix(60)): \(walk) without keys: \(error.map { "\($0)" } ?? "")")
            for column in try await readFooter(of: file, keys: keys).rowGroups.flatMap(\.columns) {
                guard let decryptor = column.decryptor else { continue }
                if let range = column.offsetIndexRange {
                    let bytes = try await file.read(range)
                    _ = try OffsetIndex(
                        bytes, rowCount: .max, fileByteCount: file.byteCount, decryptor: decryptor)
                }
                if let range = column.columnIndexRange {
                    _ = try ColumnIndex(try await file.read(range), decryptor: decryptor)
                }
                if let offset = column.bloomFilterOffset {
                    _ = try BloomFilter(file[Int(offset)..<file.count], decryptor: decryptor)
                    print("bloom filter read")
                }
            }
        }
        print("\(opened) encrypted files")
    }

    @Test("good files open to the last page; all others open or end in an error that names a cause")
    func everyFile() async throws {
        // Without a corpus there is nothing to run over; the small files of this target are always tested.
        guard let directory = unsafe getenv("PARQUET_CORPUS") else { return }
        var counts: [String: (opened: Int, refused: Int)] = [:]
        for entry in try Self.entries(unsafe String(cString: directory)) {
            guard let file = Self.contents(entry.path) else {
                Issue.record("\(entry.path) cannot be read")
                continue
            }
            do {
                _ = try await FileWalk(file)
                counts[entry.kind, default: (0, 0)].opened += 1
            } catch {
                counts[entry.kind, default: (0, 0)].refused += 1
                #expect(error is ParquetError, "\(entry.path): \(error)")
                #expect(entry.kind != "good" && entry.kind != "good1", "\(entry.path): \(error)")
            }
        }
        for (kind, count) in counts.sorted(by: { $0.key < $1.key }) {
            print("\(kind): \(count.opened) opened, \(count.refused) refused")
        }
    }
}
