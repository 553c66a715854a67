import CloudQueryPlugin
import S3

extension Shard {
    /// Whether an object is this shard's: every object belongs to exactly one of `total`, told by its key alone.
    func contains(_ key: ObjectKey) -> Bool {
        Int(key.spread % UInt64(total)) == number - 1
    }
}

extension ObjectKey {
    /// A number that spreads keys evenly, the same in every build: state that is kept by shards relies on it.
    ///
    /// Shape: FNV-1a of 64 bits over the bytes, then the finaliser of splitmix64, since shards are told by a remainder
    /// and the low bits of FNV-1a alone are not even.
    var spread: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
        return hash ^ hash >> 31
    }
}
