extension TinyFile {
    /// The file itself.
    var bytes: [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var result: [UInt8] = []
        var bits = 0
        var bitCount = 0
        for character in base64 {
            guard let digit = alphabet.firstIndex(of: character) else { continue }
            bits = (bits << 6 | digit) & 0xFFFF
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> bitCount))
            }
        }
        return result
    }
}
