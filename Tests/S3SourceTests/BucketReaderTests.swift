import AWSAuth
import ByteCore
import Parquet
import S3
import Testing

@testable import S3Source

/// How often and what the reader asks for.
struct BucketReaderTests {
    private let bucket = FakeS3()
    private static let large = (0..<(9 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) }

    private func reader(byteLimit: Int = 64 << 20) throws -> BucketReader {
        BucketReader(store: try bucket.client(), byteLimit: byteLimit)
    }

    private func listed(_ key: String, _ content: [UInt8]) async throws -> ObjectSummary {
        bucket.put(key, content)
        return try #require(try await bucket.client().object(ObjectKey(key)))
    }

    private func range(_ offset: Int64, _ end: Int64) -> ByteRange { ByteRange(offset: offset, count: end - offset) }

    @Test("a small object is fetched whole and once, however many read it at once")
    func small() async throws {
        let content = Array(Self.large[..<100_000])
        let object = try await listed("a", content)
        let reader = try reader()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for start in stride(from: 0, to: 100_000, by: 10_000) {
                group.addTask {
                    let source = reader.source(of: object, table: "t")
                    let bytes = try await source.read(ByteRange(offset: Int64(start), count: 10_000))
                    #expect(bytes == Bytes(content[start..<start + 10_000]))
                }
            }
            try await group.waitForAll()
        }
        #expect(bucket.reads == ["a whole"])
        #expect(reader.fetched.heldByteCount == 100_000)
        reader.source(of: object, table: "t").release()
        #expect(reader.fetched.heldByteCount == 0)
    }

    @Test("the end of a large object is fetched once; a range that reaches into it is completed")
    func end() async throws {
        let object = try await listed("a", Self.large)
        let size = object.byteCount
        let source = try reader().source(of: object, table: "t")
        for (wanted, asked) in [
            (range(size - 65_536, size), "bytes=9371648-9437183"), (range(size - 1_000, size - 8), nil),
            (range(9_000_000, size - 100), "bytes=9000000-9371647"), (range(0, 1_000), "bytes=0-999"),
            (range(9_371_640, 9_371_648), "bytes=9371640-9371647"),
        ] as [(ByteRange, String?)] {
            let count = bucket.reads.count
            #expect(try await source.read(wanted) == Bytes(Self.large[Int(wanted.offset)..<Int(wanted.end)]))
            #expect(Array(bucket.reads[count...]) == (asked.map { ["a \($0)"] } ?? []))
        }
    }

    @Test("where there is no room, each read fetches its own bytes and nothing is held")
    func noRoom() async throws {
        let object = try await listed("a", Array(Self.large[..<100_000]))
        let reader = try reader(byteLimit: 99_999)
        let source = reader.source(of: object, table: "t")
        for _ in 0..<2 { #expect(try await source.read(range(10, 20)) == Bytes(Self.large[10..<20])) }
        #expect(bucket.reads == ["a bytes=10-19", "a bytes=10-19"] && reader.fetched.heldByteCount == 0)
    }

    @Test("a fetch that fails holds no room, and the next read fetches again")
    func failure() async throws {
        let object = try await listed("a", [1, 2, 3])
        bucket.put("a", [1, 2, 3], fault: .denied)
        let reader = try reader()
        let source = reader.source(of: object, table: "t")
        await #expect(throws: S3Error.self) { try await source.read(range(0, 3)) }
        #expect(reader.fetched.heldByteCount == 0)
        bucket.put("a", [1, 2, 3])
        #expect(try await source.read(range(1, 3)) == Bytes([2, 3]))
    }

    @Test("the limit settles at what is held, and bytes of other objects go")
    func settle() async throws {
        let reader = try reader()
        var objects: [ObjectSummary] = []
        for key in ["a", "b", "c"] {
            let object = try await listed(key, Array(Self.large[..<1_000]))
            _ = try await reader.source(of: object, table: "t").read(range(0, 1))
            objects.append(object)
        }
        reader.fetched.keep(only: Set(objects.prefix(2)))
        #expect(reader.fetched.heldByteCount == 2_000)
        #expect(reader.fetched.settle(minimum: 500) == 2_000)
        _ = try await reader.source(of: objects[2], table: "t").read(range(0, 1))
        #expect(bucket.reads.last == "c bytes=0-0")
        reader.fetched.drop(objects[0])
        _ = try await reader.source(of: objects[2], table: "t").read(range(0, 1))
        #expect(bucket.reads.last == "c whole")
    }

    @Test("the end to ask for is guessed from the size, then from the footers seen")
    func footerLengths() {
        var lengths = FooterLengths()
        #expect(lengths.endByteCount(ofObjectWith: 10 << 20) == 64 << 10)
        #expect(lengths.endByteCount(ofObjectWith: 100 << 20) == 100 << 10)
        #expect(lengths.endByteCount(ofObjectWith: 10 << 30) == 1 << 20)
        lengths.add(1_000)
        #expect(lengths.endByteCount(ofObjectWith: 10 << 30) == 4 << 10)
        for _ in 0..<98 { lengths.add(10_000) }
        lengths.add(4 << 20)
        #expect(lengths.endByteCount(ofObjectWith: 10 << 30) == 12_508, "one of a hundred may take a second request")
        for _ in 0..<200 { lengths.add(3 << 20) }
        #expect(lengths.endByteCount(ofObjectWith: 10 << 30) == (15 << 18) + 8, "old footers are forgotten")
        for _ in 0..<200 { lengths.add(100 << 20) }
        #expect(lengths.endByteCount(ofObjectWith: 10 << 30) == 8 << 20)
    }

    @Test("an object replaced since it was listed is read as it is now, but not for ever")
    func replaced() async throws {
        let object = try await listed("a", [1, 2, 3])
        let reader = try reader()
        bucket.put("a", [1, 2, 3], fault: .replaced(after: 0, by: [4, 5, 6, 7]))
        let bytes = try await reader.reading(object, table: "t") { try await $0.read(ByteRange(offset: 1, count: 2)) }
        #expect(bytes == Bytes([5, 6]) && bucket.reads == ["a whole", "a whole"])

        var runCount = 0
        await #expect(throws: S3Error.self) {
            try await reader.reading(object, table: "t", isUntouched: { runCount == 0 }) { _ in
                runCount += 1
                throw S3Error(.changed)
            }
        }
        #expect(runCount == 1, "what had an effect is not run again")
        runCount = 0
        await #expect(throws: S3Error.self) {
            try await reader.reading(object, table: "t") { source in
                runCount += 1
                bucket.put("a", [UInt8](repeating: 0, count: runCount + 5))
                throw S3Error(.changed)
            }
        }
        #expect(runCount == 3)
    }

    @Test("reads in order come out of one request")
    func streaming() async throws {
        let object = try await listed("a", Self.large)
        let source = try reader().source(of: object, table: "t")
        let size = object.byteCount
        _ = try await source.read(range(size - 65_536, size))
        let ranges = (0..<9).map { range(max(4, Int64($0) << 20), Int64($0 + 1) << 20) }
        let streaming = try await source.streaming(ranges)
        for range in ranges {
            #expect(try await streaming.read(range) == Bytes(Self.large[Int(range.offset)..<Int(range.end)]))
        }
        #expect(bucket.reads == ["a bytes=\(size - 65_536)-\(size - 1)", "a whole"])
        await streaming.close()
    }

    @Test("a part of an object is streamed by its range, reads far apart or out of order are requests of their own")
    func streamedPart() async throws {
        let object = try await listed("a", Self.large)
        let source = try reader().source(of: object, table: "t")
        let part = try await source.streaming([range(1 << 20, 2 << 20), range((2 << 20) + 5, 3 << 20)])
        for wanted in [range(1 << 20, 2 << 20), range(10, 20), range((2 << 20) + 5, 3 << 20)] {
            #expect(try await part.read(wanted) == Bytes(Self.large[Int(wanted.offset)..<Int(wanted.end)]))
        }
        #expect(bucket.reads == ["a bytes=1048576-3145727", "a bytes=10-19"])
        let apart = try await source.streaming([range(4, 1_000), range(8 << 20, (8 << 20) + 10)])
        _ = try await apart.read(range(4, 1_000))
        #expect(bucket.reads.last == "a bytes=4-999")
    }

    @Test("when one of the reads fails, those after it fail too")
    func failedStream() async throws {
        let object = try await listed("a", Self.large)
        bucket.put("a", Self.large, fault: .denied)
        let ranges = (0..<9).map { range(Int64($0) << 20, Int64($0 + 1) << 20) }
        let source = try await reader().source(of: object, table: "t").streaming(ranges)
        for range in ranges {
            let error = await #expect(throws: S3Error.self) { _ = try await source.read(range) }
            #expect(error?.kind == .accessDenied)
        }
        #expect(bucket.reads.count == 1)
    }

    @Test("reads at the same time are each right")
    func readsAtOnce() async throws {
        let object = try await listed("a", Self.large)
        let ranges = (0..<9).map { range(Int64($0) << 20, Int64($0 + 1) << 20) }
        let source = try await reader().source(of: object, table: "t").streaming(ranges)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for range in ranges.shuffled() {
                group.addTask {
                    let bytes = try await source.read(range)
                    #expect(bytes == Bytes(Self.large[Int(range.offset)..<Int(range.end)]))
                }
            }
            try await group.waitForAll()
        }
        await source.close()
    }
}
