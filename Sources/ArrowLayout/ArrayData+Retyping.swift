extension ArrayData {
    /// Returns the same values under another type, whose layout must be the same all the way down: such as the type
    /// of a table, which differs from that of a file in the nullability or metadata of nested fields.
    ///
    /// The memory is shared. That no value is null where the type allows none is the caller's to know.
    public func retyped(as type: DataType) -> ArrayData {
        if self.type == type { return self }
        let fields = type.children
        precondition(
            self.type.layout == type.layout && children.count == fields.count, "ArrayData: type of another layout")
        return ArrayData(
            type: type, count: count, nullCount: nullCount, buffers: buffers,
            children: zip(children, fields).map { $0.retyped(as: $1.type) })
    }
}
