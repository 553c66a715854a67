import ByteCore
import Synchronization
import Testing

@Suite("Bytes")
struct BytesTests {
    private func address(_ bytes: Bytes) -> UInt { unsafe UInt(bitPattern: bytes.pointer.baseAddress) }

    @Test("windows share memory and count from their own start")
    func windows() {
        let bytes = Bytes([1, 2, 3, 4, 5])
        let window = bytes[1..<4]
        #expect(Array(window) == [2, 3, 4])
        #expect(window[0] == 2)
        #expect(address(window) == address(bytes) + 1)
        #expect(Array(window[1..<2]) == [3])
        #expect(window.count == 3)
        #expect(bytes[2..<2].isEmpty)
        #expect(Bytes().isEmpty && Bytes()[0..<0].isEmpty)
    }

    @Test("equality is that of the bytes")
    func equality() {
        let bytes = Bytes([1, 2, 1, 2])
        #expect(bytes[0..<2] == bytes[2..<4])
        #expect(bytes[0..<2] != bytes[1..<3])
        #expect(bytes[0..<2] != bytes[0..<3])
        #expect(Bytes() == Bytes([]))
        #expect(Bytes(copying: bytes.span) == bytes)
        #expect(address(Bytes(copying: bytes.span)) != address(bytes))
    }

    @Test("text is checked or repaired")
    func text() {
        #expect(String(validating: Bytes("grün".utf8)) == "grün")
        #expect(String(validating: Bytes([0x61, 0xFF])) == nil)
        #expect(String(validating: Bytes()) == "")
        #expect(String(repairing: Bytes([0x61, 0xFF]).span) == "a\u{FFFD}")
        #expect(String(repairing: Bytes().span) == "")
    }

    @Test("borrowed memory is released once, with the last window")
    func borrowing() {
        let released = Mutex(0)
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 1)
        defer { unsafe memory.deallocate() }
        unsafe memory.copyBytes(from: [9, 8, 7, 6])
        nonisolated(unsafe) let counter = { released.withLock { $0 += 1 } }
        var whole: Bytes? = unsafe Bytes(borrowing: UnsafeRawBufferPointer(memory), release: { unsafe counter() })
        var window = whole.map { $0[1..<3] }
        whole = nil
        #expect(window.map { Array($0) } == [8, 7])
        #expect(released.withLock { $0 } == 0)
        // Memory of somebody else is never written.
        if var shared = window { #expect(ByteBuilder.reuses(&shared) == false) }
        window = nil
        #expect(released.withLock { $0 } == 1)
    }

    @Test("memory is taken back only from the last window")
    func recycling() {
        var bytes = Bytes([1, 2, 3])
        let start = address(bytes)
        var window = bytes[1..<2]
        #expect(ByteBuilder.reuses(&bytes) == false)
        #expect(Array(bytes) == [1, 2, 3])
        window = Bytes()
        #expect(window.isEmpty)
        guard var builder = ByteBuilder(recycling: &bytes) else {
            Issue.record("the memory was not taken")
            return
        }
        #expect(bytes.isEmpty)
        let (count, capacity) = (builder.count, builder.capacity)
        #expect(count == 0)
        #expect(capacity >= 3)
        builder.append(UInt32(0x0403_0201))
        let again = builder.freeze()
        #expect(Array(again) == [1, 2, 3, 4])
        #expect(address(again) == start)
        var none = Bytes()
        #expect(ByteBuilder.reuses(&none) == false)
    }
}

extension ByteBuilder {
    /// Whether a builder took the memory of `bytes`, which it then frees.
    fileprivate static func reuses(_ bytes: inout Bytes) -> Bool {
        switch ByteBuilder(recycling: &bytes) {
        case .some: true
        case .none: false
        }
    }
}
