import ArrowLayout
import ByteCore

extension ArrayData {
    /// Returns the values at some indices, of which none but nil may come twice; nil gives a null.
    ///
    /// For the types that the reader gives.
    func gathered(_ indices: [Int?]) -> ArrayData {
        if type == .null { return ArrayData(type: type, count: indices.count, nullCount: indices.count, buffers: []) }
        let view = ArrayView(self)
        let places = indices.map { index in index.flatMap { view.isNull(at: $0) ? nil : $0 } }
        var validityBuilder = ValidityBufferBuilder()
        for place in places {
            if place == nil { validityBuilder.appendNull() } else { validityBuilder.appendValid() }
        }
        let nullCount = validityBuilder.nullCount
        let validity = validityBuilder.freeze()
        func array(_ buffers: [Bytes], _ children: [ArrayData] = []) -> ArrayData {
            ArrayData(
                type: type, count: places.count, nullCount: nullCount, buffers: [validity] + buffers,
                children: children)
        }
        switch type.layout {
        case .bits:
            var bits = BitBuilder(capacity: places.count)
            for place in places { bits.append(place.flatMap { view.bool(at: $0) } ?? false) }
            return array([bits.freeze()])
        case .fixedWidth(let byteWidth):
            var values = ByteBuilder(capacity: places.count * byteWidth)
            for place in places {
                if let place {
                    values.append(contentsOf: buffers[1][place * byteWidth..<(place + 1) * byteWidth])
                } else {
                    values.append(repeating: UInt8(0), count: byteWidth)
                }
            }
            return array([values.freeze()])
        case .variable(offsetWidth: 4):
            var offsets = ByteBuilder(capacity: (places.count + 1) * 4)
            var values = ByteBuilder()
            offsets.append(Int32(0))
            for place in places {
                if let bytes = place.flatMap({ view.bytes(at: $0) }) { values.append(contentsOf: bytes) }
                offsets.append(Int32(truncatingIfNeeded: values.count))
            }
            return array([offsets.freeze(), values.freeze()])
        case .list(offsetWidth: 4):
            var offsets = ByteBuilder(capacity: (places.count + 1) * 4)
            var elements: [Int?] = []
            offsets.append(Int32(0))
            for place in places {
                if let range = place.flatMap({ view.elements(at: $0) }) { elements += range.map { $0 } }
                offsets.append(Int32(truncatingIfNeeded: elements.count))
            }
            return array([offsets.freeze()], [children[0].gathered(elements)])
        case .validityOnly: return array([], children.map { $0.gathered(places) })
        default: preconditionFailure("ArrayData: \(type) is no type that the reader gives")
        }
    }
}
