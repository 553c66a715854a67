import ByteCore

extension ArrayData {
    /// Returns the same values under a type that `DataType.widened(with:)` gives for this one and another, or that differs
    /// in the nullability or metadata of nested fields.
    ///
    /// Memory is shared where the values keep their form. That no value is null where the type allows none is the
    /// caller's to know.
    /// - Throws: `wideningOverflow` for a time that the finer unit cannot hold, or a decimal with more digits than its
    ///   type says; `offsetOverflow` where bytes of a fixed size are too many for 32-bit offsets.
    public func widened(to target: DataType) throws(ArrayFault) -> ArrayData {
        if type == target { return self }
        switch (type, target) {
        case (.null, _): return .nulls(of: target, count: count)
        case (.int8, _): return integers(Int8.self, to: target)
        case (.int16, _): return integers(Int16.self, to: target)
        case (.int32, _): return integers(Int32.self, to: target)
        case (.int64, _): return integers(Int64.self, to: target)
        case (.uint8, _): return integers(UInt8.self, to: target)
        case (.uint16, _): return integers(UInt16.self, to: target)
        case (.uint32, _): return integers(UInt32.self, to: target)
        case (.uint64, _): return integers(UInt64.self, to: target)
        case (.float16, .float32): return mapped(UInt16.self, target) { Float(Float16(bitPattern: $0)) }
        case (.float16, .float64): return mapped(UInt16.self, target) { Double(Float16(bitPattern: $0)) }
        case (.float32, .float64): return mapped(Float.self, target) { Double($0) }
        case (.time32(let unit), .time32(let finer)):
            return try scaled(by: unit.count(of: finer), Int32.self, target)
        case (.time32(let unit), .time64(let finer)), (.time64(let unit), .time64(let finer)),
            (.timestamp(let unit, _), .timestamp(let finer, _)), (.duration(let unit), .duration(let finer)):
            return try scaled(by: unit.count(of: finer), Int64.self, target)
        case (.decimal32(_, let scale), _), (.decimal64(_, let scale), _), (.decimal128(_, let scale), _):
            return try decimals(scale: scale, to: target)
        case (.utf8, .largeUtf8), (.binary, .largeBinary): return withLargeOffsets(target)
        case (.utf8View, _), (.binaryView, _): return try copied(Int64.self, target)
        case (.fixedSizeBinary(let byteWidth), .binary): return try bytes(Int32.self, of: byteWidth, target)
        case (.fixedSizeBinary(let byteWidth), _): return try bytes(Int64.self, of: byteWidth, target)
        case (.list, .largeList): return try withLargeOffsets(target).withChildren(of: target)
        default: return try withChildren(of: target)
        }
    }

    private func mapped<Source: NativeValue, Target: NativeValue>(
        _ source: Source.Type, _ target: DataType, _ convert: (Source) -> Target
    ) -> ArrayData {
        var values = ByteBuilder(capacity: count * MemoryLayout<Target>.size)
        let bytes = buffers[1]
        let span = bytes.span
        for index in 0..<count {
            values.append(convert(span.load(at: index &* MemoryLayout<Source>.size, as: Source.self)))
        }
        return ArrayData(
            type: target, count: count, nullCount: nullCount, buffers: [buffers[0], values.freeze()])
    }

    private func integers<Source: NativeValue & FixedWidthInteger>(
        _ source: Source.Type, to target: DataType
    ) -> ArrayData {
        switch target {
        case .int16: mapped(source, target) { Int16(truncatingIfNeeded: $0) }
        case .int32: mapped(source, target) { Int32(truncatingIfNeeded: $0) }
        case .int64: mapped(source, target) { Int64(truncatingIfNeeded: $0) }
        case .uint16: mapped(source, target) { UInt16(truncatingIfNeeded: $0) }
        case .uint32: mapped(source, target) { UInt32(truncatingIfNeeded: $0) }
        case .uint64: mapped(source, target) { UInt64(truncatingIfNeeded: $0) }
        case .float16: mapped(source, target) { Float16($0).bitPattern }
        case .float32: mapped(source, target) { Float($0) }
        case .float64: mapped(source, target) { Double($0) }
        default: preconditionFailure("ArrayData: no wider type")
        }
    }

    /// Multiplies what is stored; the bytes of nulls have no meaning and may not overflow.
    private func scaled<Target: NativeValue & FixedWidthInteger>(
        by factor: Int128, _ width: Target.Type, _ target: DataType
    ) throws(ArrayFault) -> ArrayData {
        var values = ByteBuilder(capacity: count * MemoryLayout<Target>.size)
        let view = ArrayView(self)
        for index in 0..<count {
            guard let value = view.int128(at: index) else {
                values.append(Target.zero)
                continue
            }
            let (product, overflow) = value.multipliedReportingOverflow(by: factor)
            guard !overflow, let product = Target(exactly: product) else { throw ArrayFault(.wideningOverflow) }
            values.append(product)
        }
        return ArrayData(type: target, count: count, nullCount: nullCount, buffers: [buffers[0], values.freeze()])
    }

    private func decimals(scale: Int, to target: DataType) throws(ArrayFault) -> ArrayData {
        switch target {
        case .decimal32(_, let wider): try scaled(by: .power(ofTen: wider - scale), Int32.self, target)
        case .decimal64(_, let wider): try scaled(by: .power(ofTen: wider - scale), Int64.self, target)
        case .decimal128(_, let wider): try scaled(by: .power(ofTen: wider - scale), Int128.self, target)
        default: preconditionFailure("ArrayData: no wider type")
        }
    }

    private func withLargeOffsets(_ target: DataType) -> ArrayData {
        var offsets = ByteBuilder(capacity: (count + 1) * 8)
        let bytes = buffers[1]
        let span = bytes.span
        for index in 0..<(span.byteCount / 4) {
            offsets.append(Int64(span.load(at: index &* 4, as: Int32.self)))
        }
        return ArrayData(
            type: target, count: count, nullCount: nullCount,
            buffers: [buffers[0], offsets.freeze()] + buffers.dropFirst(2), children: children)
    }

    /// Returns bytes of a fixed size as bytes, without those that a null has room for.
    private func bytes<Offset: NativeValue & FixedWidthInteger>(
        _ width: Offset.Type, of byteWidth: Int, _ target: DataType
    ) throws(ArrayFault) -> ArrayData {
        if nullCount > 0 { return try copied(width, target) }
        guard Offset(exactly: count * byteWidth) != nil else { throw ArrayFault(.offsetOverflow) }
        var offsets = ByteBuilder(capacity: (count + 1) * MemoryLayout<Offset>.size)
        for index in 0...count { offsets.append(Offset(truncatingIfNeeded: index * byteWidth)) }
        return ArrayData(
            type: target, count: count, nullCount: 0,
            buffers: [Bytes(), offsets.freeze(), buffers[1][0..<count * byteWidth]])
    }

    private func copied<Offset: NativeValue & FixedWidthInteger>(
        _ width: Offset.Type, _ target: DataType
    ) throws(ArrayFault) -> ArrayData {
        var builder = VariableBuilder<Offset>(capacity: count)
        let view = ArrayView(self)
        for index in 0..<count { try builder.append(view.bytes(at: index)) }
        return builder.freeze(target)
    }

    /// Widens the children: those of structs by name, null where there is none, all others by place.
    private func withChildren(of target: DataType) throws(ArrayFault) -> ArrayData {
        precondition(type.layout == target.layout, "ArrayData: no wider type")
        let mine = type.children
        var isByName = false
        if case .structure(let fields) = target { isByName = !Field.haveSameNames(mine, fields) }
        var widened: [ArrayData] = []
        for (place, field) in target.children.enumerated() {
            let index = isByName ? mine.firstIndex { $0.hasName(of: field) } : place
            widened.append(
                try index.map { index throws(ArrayFault) in try children[index].widened(to: field.type) }
                    ?? .nulls(of: field.type, count: count))
        }
        return ArrayData(type: target, count: count, nullCount: nullCount, buffers: buffers, children: widened)
    }
}

extension TimeUnit {
    /// How many of a finer unit are one of this.
    fileprivate func count(of finer: TimeUnit) -> Int128 { .power(ofTen: 3 * Int(finer.rawValue - rawValue)) }
}

extension Int128 {
    /// Ten to the power of an exponent from 0 to 38.
    fileprivate static func power(ofTen exponent: Int) -> Int128 { (0..<exponent).reduce(1) { power, _ in power * 10 } }
}
