public import ByteCore

/// The runs of one RLE/bit-packing hybrid body, taken from the front.
///
/// Runs stay runs: a reader that wants a million equal values sees one run, and no array of indices exists.
/// Spec: Encodings, "RLE/bit-packing hybrid". Shape: the body holds runs only, without the length prefix.
public struct HybridRLE: Sendable {
    /// Some values next to each other.
    public enum Run: Hashable, Sendable {
        /// The same value `count` times.
        case repeated(value: UInt32, count: Int)
        /// `count` bit-packed values, the first at index `first` of the packing that starts at byte `offset`.
        case packed(offset: Int, first: Int, count: Int)
    }

    /// The bytes that hold the runs.
    public let body: Bytes
    /// Width of a packed value in bits.
    public let bitWidth: Int
    /// Number of values not taken yet.
    public private(set) var remaining: Int

    /// Byte after the last run header or run that was read.
    private var offset = 0
    /// Values left in the current run, its values already passed, and where its packing starts (-1: a repeated value).
    private var runRemaining = 0
    private var runPassed = 0
    private var packedOffset = -1
    private var repeatedValue: UInt32 = 0

    /// Creates the position before the first of `count` values.
    ///
    /// - Throws: malformed where the width is not 0…32.
    public init(body: Bytes, bitWidth: Int, count: Int) throws(DecodeFault) {
        guard bitWidth >= 0, bitWidth <= 32 else { throw .malformed(.bitWidth) }
        self.body = body
        self.bitWidth = bitWidth
        remaining = count
    }

    /// Takes up to `limit` values of one run; at least one, if `limit` is positive.
    ///
    /// - Throws: truncated or malformed where the body does not hold the declared number of values.
    @inline(__always)
    public mutating func next(limit: Int) throws(DecodeFault) -> Run {
        if runRemaining == 0 { try readHeader() }
        let count = min(limit, runRemaining)
        let first = runPassed
        runRemaining &-= count
        runPassed &+= count
        remaining &-= count
        return packedOffset < 0
            ? .repeated(value: repeatedValue, count: count)
            : .packed(offset: packedOffset, first: first, count: count)
    }

    /// The length of the run of one repeated value that comes next, and the value; nil where packed values come next.
    public mutating func peekRepeated() throws(DecodeFault) -> (value: UInt32, count: Int)? {
        if runRemaining == 0 { try readHeader() }
        return packedOffset < 0 ? (repeatedValue, runRemaining) : nil
    }

    private mutating func readHeader() throws(DecodeFault) {
        guard remaining > 0 else { throw .malformed(.tooFewValues, at: offset) }
        runPassed = 0
        if bitWidth == 0 {
            // One possible value: writers leave such bodies empty.
            packedOffset = -1
            repeatedValue = 0
            runRemaining = remaining
            return
        }
        let headerOffset = offset
        // A pointer, not a span: a span of `self` forbids moving on. Every load is behind a comparison with the count.
        let span = unsafe body.pointer
        var header: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard offset < span.count else { throw DecodeFault(.truncated, at: offset) }
            let byte = unsafe span[offset]
            offset &+= 1
            header |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { break }
            shift &+= 7
            if shift > 28 { throw .malformed(.varintTooLong, at: headerOffset) }
        }
        guard header > 1 else { throw .malformed(.runLengthZero, at: headerOffset) }
        if header & 1 == 1 {
            // At most 2^34 groups of 8 values of 32 bits: no overflow.
            let packedCount = Int(header &>> 1) &* 8
            runRemaining = min(packedCount, remaining)
            // Some writers end the body without the padding of the last group: only what is wanted must be there.
            let wanted = BitUnpacking.byteCount(count: runRemaining, bitWidth: bitWidth)
            guard wanted <= span.count &- offset else { throw DecodeFault(.truncated, at: span.count) }
            packedOffset = offset
            offset = min(span.count, offset &+ BitUnpacking.byteCount(count: packedCount, bitWidth: bitWidth))
        } else {
            let byteWidth = (bitWidth &+ 7) &>> 3
            guard byteWidth <= span.count &- offset else { throw DecodeFault(.truncated, at: span.count) }
            repeatedValue = 0
            for index in 0..<byteWidth {
                repeatedValue |= unsafe UInt32(span[offset &+ index]) &<< UInt32(index &* 8)
            }
            offset &+= byteWidth
            packedOffset = -1
            // Writers round the last run up; values past the declared count do not exist.
            runRemaining = min(Int(header &>> 1), remaining)
        }
    }
}

extension HybridRLE {
    /// Takes `count` values of width 1 and appends them as bits; returns how many are 1.
    ///
    /// - Throws: also malformed where a repeated value is above 1, which a level or boolean cannot be.
    public mutating func take(_ count: Int, appendingTo bits: inout BitBuilder) throws(DecodeFault) -> Int {
        var left = count
        var setCount = 0
        while left > 0 {
            switch try next(limit: left) {
            case .repeated(let value, let runCount):
                guard value <= 1 else { throw .malformed(.valueAboveMaximum, at: offset) }
                bits.append(repeating: value == 1, count: runCount)
                if value == 1 { setCount &+= runCount }
                left &-= runCount
            case .packed(let offset, let first, let runCount):
                setCount &+= bits.append(bitsOf: body.span, from: offset &* 8 &+ first, count: runCount)
                left &-= runCount
            }
        }
        return setCount
    }

    /// Takes one value.
    mutating func takeFirst() throws(DecodeFault) -> UInt32 {
        switch try next(limit: 1) {
        case .repeated(let value, _): return value
        case .packed(let offset, let first, _):
            let bits = body[offset..<body.count].span.bits(at: first &* bitWidth)
            return UInt32(truncatingIfNeeded: bits & (1 &<< UInt64(bitWidth) &- 1))
        }
    }

    /// Takes `count` values as bytes, which replace the first ones of `target`; none of them is above `maximum`.
    ///
    /// - Throws: also malformed where a value is above the maximum.
    public mutating func take(
        _ count: Int, upTo maximum: UInt8, into target: inout [UInt8]
    ) throws(DecodeFault) {
        precondition(count <= target.count && bitWidth <= 8, "HybridRLE: no room")
        unsafe try target.withUnsafeMutableBufferPointer { (buffer) throws(DecodeFault) in
            guard let base = buffer.baseAddress else { return }
            var done = 0
            while done < count {
                switch try next(limit: count &- done) {
                case .repeated(let value, let runCount):
                    guard value <= maximum else { throw .malformed(.valueAboveMaximum, at: offset) }
                    unsafe (base + done).update(repeating: UInt8(value), count: runCount)
                    done &+= runCount
                case .packed(let offset, let first, let runCount):
                    let largest = unsafe BitUnpacking.unpackBytes(
                        body.span.extracting(offset..<body.count), first: first, count: runCount, bitWidth: bitWidth,
                        into: base + done)
                    guard largest <= maximum else { throw .malformed(.valueAboveMaximum, at: offset) }
                    done &+= runCount
                }
            }
        }
    }
}
