import Glibc
import Synchronization

/// Large blocks of memory that were freed, kept for the next allocation.
///
/// Pages, batches and messages come and go by the megabyte. The system's allocator gives such blocks back when they are
/// freed, and the next one is faulted in page by page: writing it costs 1.1 GB/s, against 11 GB/s into memory that was
/// written before. Blocks in use and blocks kept are together at most half as much again, or `spareByteCount` more, than
/// were in use at once before.
/// Smaller blocks are the allocator's own business.
struct BlockCache: ~Copyable {
    /// Blocks below this are not kept: the allocator keeps them itself.
    static let minimumByteCount = 64 << 10
    /// With less, batches of 65,536 rows of text took 1.4 times as long: their blocks are of many sizes.
    private static let spareByteCount = 32 << 20

    private static let shared = Mutex(BlockCache())

    /// The blocks kept, by size class.
    private var blocks: [[UInt]] = []
    private var keptByteCount = 0
    private var usedByteCount = 0
    private var peakByteCount = 0
    /// Position of the next new block relative to a page of memory.
    private var colour = 0

    /// Returns memory of at least `byteCount` bytes, and how many it has.
    static func allocate(_ byteCount: Int) -> (base: UnsafeMutableRawPointer, capacity: Int) {
        guard byteCount >= minimumByteCount else { return (unsafe newBlock(byteCount), byteCount) }
        let wanted = sizeClass(byteCount)
        let capacity = Self.capacity(ofClass: wanted)
        let (found, colour, dropped) = shared.withLock { cache in
            let found = cache.take(wanted)
            let dropped = found == nil ? cache.makeRoom(for: capacity) : []
            cache.usedByteCount += found?.capacity ?? capacity
            cache.peakByteCount = max(cache.peakByteCount, cache.usedByteCount)
            return (found, cache.colour, dropped)
        }
        if let found, let base = unsafe UnsafeMutableRawPointer(bitPattern: found.address) {
            return (unsafe base, found.capacity)
        }
        for address in dropped { unsafe UnsafeMutableRawPointer(bitPattern: address).map(freeBlock) }
        // Large blocks begin at the start of a page; copies between two that do are slower by up to a tenth, because
        // loads seem to depend on stores with the same low address bits.
        let offset = (colour % 63 + 1) * 64
        let base = unsafe newBlock(capacity + offset) + offset
        unsafe base.storeBytes(of: offset, toByteOffset: -8, as: Int.self)
        return (unsafe base, capacity)
    }

    /// Takes back memory that `allocate` returned with `capacity`.
    static func release(_ base: UnsafeMutableRawPointer, capacity: Int) {
        guard capacity >= minimumByteCount else { return unsafe free(base) }
        let address = UInt(bitPattern: base)
        let index = sizeClass(capacity)
        shared.withLock { cache in
            while cache.blocks.count <= index { cache.blocks.append([]) }
            cache.blocks[index].append(address)
            cache.usedByteCount -= capacity
            cache.keptByteCount += capacity
        }
    }

    /// Takes a kept block of a class, or of one up to twice as large.
    private mutating func take(_ wanted: Int) -> (address: UInt, capacity: Int)? {
        for index in wanted..<max(wanted, min(wanted + 4, blocks.count)) {
            guard let address = blocks[index].popLast() else { continue }
            let capacity = Self.capacity(ofClass: index)
            keptByteCount -= capacity
            return (address, capacity)
        }
        return nil
    }

    /// Drops kept blocks, the largest first, so that a new one keeps to the limit; returns what is to be freed.
    private mutating func makeRoom(for capacity: Int) -> [UInt] {
        colour += 17
        var dropped: [UInt] = []
        let limit = peakByteCount + min(peakByteCount / 2, Self.spareByteCount)
        var index = blocks.count - 1
        while index >= 0, keptByteCount > 0, usedByteCount + keptByteCount + capacity > limit {
            if let address = blocks[index].popLast() {
                dropped.append(address)
                keptByteCount -= Self.capacity(ofClass: index)
            } else {
                index -= 1
            }
        }
        return dropped
    }

    private static func newBlock(_ byteCount: Int) -> UnsafeMutableRawPointer {
        guard let base = unsafe malloc(byteCount) else { fatalError("out of memory: \(byteCount) bytes") }
        return unsafe base
    }

    private static func freeBlock(_ base: UnsafeMutableRawPointer) {
        unsafe free(base - base.load(fromByteOffset: -8, as: Int.self))
    }

    /// The class of the smallest capacity that holds `byteCount`: four to each power of two.
    static func sizeClass(_ byteCount: Int) -> Int {
        let units = (byteCount - 1) / (minimumByteCount / 4)
        if units < 4 { return 0 }
        let shift = Int.bitWidth - 3 - units.leadingZeroBitCount
        return shift * 4 + (units &>> shift) - 3
    }

    /// Bytes of the blocks of a class.
    static func capacity(ofClass index: Int) -> Int {
        if index == 0 { return minimumByteCount }
        let shift = (index - 1) / 4
        return (((index - 1) % 4 + 5) &<< shift) * (minimumByteCount / 4)
    }
}
