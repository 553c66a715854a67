import ByteCore

/// Snappy's raw format: literals, and copies of what was written before.
///
/// Spec: google/snappy, format_description.txt. In Swift because the library spends most of its time in calls to
/// `memmove` for a few bytes each.
/// Unsafe: the fast loop runs only while a whole step, 64 bytes of literal or copy, fits both sides; every offset is
/// compared with what was written. Near the ends each element is checked on its own.
@unsafe
enum Snappy {
    /// Decompresses a whole block into memory of exactly the size that the block says it has.
    static func decompress(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) throws(DecodeFault) -> Int {
        guard let source = input.baseAddress, let target = output.baseAddress else { throw DecodeFault(.truncated) }
        var offset = 0
        let byteCount = try unsafe length(input, &offset)
        guard byteCount == output.count else { throw .malformed(.codecOutputSize) }
        var from = unsafe source + offset
        var to = unsafe target
        let end = unsafe source + input.count
        let outputEnd = unsafe target + output.count
        let elements = unsafe elements
        while unsafe from < end {
            // A step reads at most 65 bytes and writes at most 64, in words of 16.
            while unsafe end - from >= 80, unsafe outputEnd - to >= 80 {
                let tag = unsafe from.load(as: UInt8.self)
                let element = unsafe elements[Int(tag)]
                let count = Int(truncatingIfNeeded: element & 0xFF)
                if tag & 3 == 0 {
                    if tag >= 60 << 2 { break }
                    unsafe move(from + 1, to)
                    if count > 16 {
                        unsafe move(from + 17, to + 16)
                        if count > 32 {
                            unsafe move(from + 33, to + 32)
                            unsafe move(from + 49, to + 48)
                        }
                    }
                    unsafe from += count &+ 1
                    unsafe to += count
                    continue
                }
                let stored = unsafe UInt64((from + 1).loadUnaligned(as: UInt32.self))
                let distance = Int(truncatingIfNeeded: (stored & (element &>> 32)) &+ (element &>> 16 & 0xFFFF))
                guard distance > 0, unsafe distance <= to - target else {
                    throw .malformed(.codecData, at: unsafe from - source)
                }
                unsafe from += Int(truncatingIfNeeded: element &>> 8 & 0xFF)
                let copied = unsafe UnsafeRawPointer(to - distance)
                if distance >= 16 {
                    unsafe move(copied, to)
                    if count > 16 {
                        unsafe move(copied + 16, to + 16)
                        if count > 32 {
                            unsafe move(copied + 32, to + 32)
                            unsafe move(copied + 48, to + 48)
                        }
                    }
                } else {
                    unsafe repeatPattern(to, distance: distance, count: count)
                }
                unsafe to += count
            }
            guard unsafe from < end else { break }
            unsafe try checkedStep(&from, end, &to, outputEnd, target, source)
        }
        guard unsafe to == outputEnd else { throw DecodeFault(.truncated, at: input.count) }
        return byteCount
    }

    /// The size of the output, before the first element.
    private static func length(
        _ input: UnsafeRawBufferPointer, _ offset: inout Int
    ) throws(DecodeFault) -> Int {
        var value = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            guard offset < input.count else { throw DecodeFault(.truncated, at: offset) }
            let byte = unsafe input[offset]
            offset += 1
            value |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .malformed(.varintTooLong)
    }

    /// Moves one element of any length, checking each side.
    private static func checkedStep(
        _ from: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ to: inout UnsafeMutableRawPointer,
        _ outputEnd: UnsafeMutableRawPointer, _ target: UnsafeMutableRawPointer, _ source: UnsafeRawPointer
    ) throws(DecodeFault) {
        let start = unsafe from - source
        let tag = unsafe from.load(as: UInt8.self)
        unsafe from += 1
        // Bytes after the tag: of a long literal's length or of a copy's distance.
        let extra = tag & 3 == 0 ? max(0, Int(tag >> 2) - 59) : [0, 1, 2, 4][Int(tag & 3)]
        guard unsafe end - from >= extra else { throw DecodeFault(.truncated, at: start) }
        var stored = 0
        for index in 0..<extra { stored |= unsafe Int(from.load(fromByteOffset: index, as: UInt8.self)) << (index * 8) }
        unsafe from += extra
        if tag & 3 == 0 {
            let count = (extra == 0 ? Int(tag >> 2) : stored) + 1
            guard unsafe count <= end - from else { throw DecodeFault(.truncated, at: start) }
            guard unsafe count <= outputEnd - to else { throw .malformed(.codecOutputSize, at: start) }
            unsafe to.copyMemory(from: from, byteCount: count)
            unsafe from += count
            unsafe to += count
            return
        }
        let isShort = tag & 3 == 1
        let count = isShort ? Int(tag >> 2 & 7) + 4 : Int(tag >> 2) + 1
        let distance = isShort ? Int(tag >> 5) << 8 | stored : stored
        guard distance > 0, unsafe distance <= to - target else { throw .malformed(.codecData, at: start) }
        guard unsafe count <= outputEnd - to else { throw .malformed(.codecOutputSize, at: start) }
        for index in 0..<count {
            let byte = unsafe (to - distance).load(fromByteOffset: index, as: UInt8.self)
            unsafe to.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
        }
        unsafe to += count
    }

    /// Repeats the last `distance` bytes, fewer than 16; up to 15 bytes after `count` are written as well.
    @inline(__always)
    private static func repeatPattern(_ target: UnsafeMutableRawPointer, distance: Int, count: Int) {
        var done = 0
        // How far back a word is read: a multiple of the distance, doubled until a word does not reach into itself.
        var reach = distance
        while reach < 8 {
            let word = unsafe (target - distance).loadUnaligned(as: UInt64.self)
            unsafe target.storeBytes(of: word, toByteOffset: done, as: UInt64.self)
            done &+= reach
            reach &*= 2
        }
        while done < count {
            let word = unsafe (target + (done &- reach)).loadUnaligned(as: UInt64.self)
            unsafe target.storeBytes(of: word, toByteOffset: done, as: UInt64.self)
            done &+= 8
        }
    }

    @inline(__always)
    private static func move(_ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer) {
        unsafe target.storeBytes(of: source.loadUnaligned(as: SIMD2<UInt64>.self), as: SIMD2<UInt64>.self)
    }

    /// What each tag says: bytes to move, bytes of the element, high bits of the distance, mask of the stored distance.
    ///
    /// Shape: 8, 8, 16 and 32 bits, the lowest first. Never freed.
    private nonisolated(unsafe) static let elements: UnsafePointer<UInt64> = {
        let table = UnsafeMutablePointer<UInt64>.allocate(capacity: 256)
        for tag in UInt64(0)..<256 {
            let long = tag >> 2 + 1
            unsafe table[Int(tag)] =
                switch tag & 3 {
                case 0: long
                case 1: (tag >> 2 & 7) + 4 | 2 << 8 | (tag >> 5) << 24 | 0xFF << 32
                case 2: long | 3 << 8 | 0xFFFF << 32
                default: long | 5 << 8 | 0xFFFF_FFFF << 32
                }
        }
        return unsafe UnsafePointer(table)
    }()
}
