import RPC

extension RPCStatus {
    /// The most bytes of a status message: it travels in the trailers, which peers bound at 8 KiB after percent-encoding.
    static let maximumMessageByteCount = 2_000

    /// The status of a call whose work failed.
    ///
    /// A cancelled call stays CANCELLED; everything else has the code of the method, since clients only show it.
    static func failure(_ code: Code, _ action: String, _ error: any Error) -> RPCStatus {
        if error is CancellationError { return RPCStatus(.cancelled, "\(action): cancelled") }
        guard let status = error as? RPCStatus else {
            return RPCStatus(code, truncated("\(action): \(error)"))
        }
        let reason = status.message.isEmpty ? "\(status.code)" : status.message
        return RPCStatus(status.code == .cancelled ? .cancelled : code, truncated("\(action): \(reason)"))
    }

    private static func truncated(_ text: String) -> String {
        guard text.utf8.count > maximumMessageByteCount else { return text }
        var byteCount = 0
        let kept = text.unicodeScalars.prefix { scalar in
            byteCount += UTF8.width(scalar)
            return byteCount <= maximumMessageByteCount - 3
        }
        return String(String.UnicodeScalarView(kept)) + "..."
    }
}
