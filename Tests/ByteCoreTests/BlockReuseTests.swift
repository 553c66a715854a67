import ByteCore
import TestSupport
import Testing

@Suite("Reuse of freed blocks")
struct BlockReuseTests {
    @Test("blocks of any size hold what is written, whatever was freed before", arguments: UInt64(0)..<8)
    func property(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var live: [(bytes: Bytes, count: Int, mark: UInt64)] = []
        for step in UInt64(0)..<300 {
            if live.count > 6 || (!live.isEmpty && Bool.random(using: &generator)) {
                let removed = live.remove(at: Int.random(in: 0..<live.count, using: &generator))
                #expect(removed.bytes.count == removed.count * 8)
                for index in [0, removed.count / 2, removed.count - 1] {
                    #expect(removed.bytes.span.load(at: index * 8, as: UInt64.self) == removed.mark, "seed \(seed)")
                }
            }
            let count = Int.random(in: 1...(1 << Int.random(in: 0...18, using: &generator)), using: &generator)
            var builder = ByteBuilder(capacity: Bool.random(using: &generator) ? count * 8 : 0)
            #expect(builder.capacity >= (builder.count + count * 8) || builder.capacity >= 64)
            builder.append(repeating: step, count: count)
            live.append((builder.freeze(), count, step))
        }
    }

    @Test("a builder of at least the asked size is given at every boundary of the size classes")
    func boundaries() {
        for size in stride(from: 60 << 10, through: 2 << 20, by: 4 << 10) {
            for byteCount in [size - 1, size, size + 1] {
                let builder = ByteBuilder(capacity: byteCount)
                #expect(builder.capacity >= byteCount)
                // No more than twice what was asked, so that kept blocks are not wasted.
                #expect(builder.capacity <= max(64 << 10, byteCount * 2))
            }
        }
    }
}
