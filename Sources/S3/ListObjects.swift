internal import AWSAuth
internal import XML

/// One page of a listing.
///
/// Spec: S3 API, ListObjectsV2.
struct ListPage: Equatable {
    private(set) var objects: [ObjectSummary]
    /// What the keys begin with that a delimiter left out, up to the delimiter.
    private(set) var commonPrefixes: [[UInt8]]
    /// What the next page is asked for with; nil on the last one.
    let continuationToken: [UInt8]?

    /// Why an answer is not a page.
    enum Fault: Error, Equatable {
        /// The body is not XML that this module reads.
        case xml(XMLFault)
        /// The body is an error, although the status said success.
        case error(ErrorDocument)
        /// The body is some other document, or lacks what a page must have; the text says what, in words of the server too.
        case invalid(String)
    }

    /// Larger bodies are refused: a page of 1,000 keys of the longest kind has some 10 MiB.
    static let maximumByteCount = 16 << 20

    /// Returns the page without what does not begin with a prefix.
    func narrowed(to prefix: [UInt8]) -> ListPage {
        var page = self
        page.objects.removeAll { !$0.key.bytes.starts(with: prefix) }
        page.commonPrefixes.removeAll { !$0.starts(with: prefix) }
        return page
    }

    /// Parses the body of an answer to a request that asked, or did not ask, which archived objects are restored.
    init(parsing body: [UInt8], tellsRestored: Bool) throws(Fault) {
        let root: XMLElement
        do throws(XMLFault) {
            root = try XMLElement(parsing: body)
        } catch {
            throw .xml(error)
        }
        if let error = ErrorDocument(root) { throw .error(error) }
        guard root.name == "ListBucketResult" else { throw .invalid("the answer is <\(root.name)>") }

        // The server says whether it followed the request to encode; some do not, and then `+` is a plus sign.
        let isEncoded = root["EncodingType"]?.string?.lowercased() == "url"
        var objects = [ObjectSummary]()
        for child in root.children where child.name == "Contents" {
            objects.append(try Self.object(child, isEncoded: isEncoded, tellsRestored: tellsRestored))
        }
        self.objects = objects
        commonPrefixes = root.children.filter { $0.name == "CommonPrefixes" }.compactMap { $0["Prefix"]?.text }.map {
            isEncoded ? PercentEncoding.decodeForm($0) : $0
        }

        switch root["IsTruncated"]?.string {
        case "false": continuationToken = nil
        case "true":
            guard let token = root["NextContinuationToken"]?.text, !token.isEmpty else {
                throw .invalid("IsTruncated is true and there is no NextContinuationToken")
            }
            continuationToken = token
        default: throw .invalid("IsTruncated is missing")
        }
    }

    private static func object(
        _ element: XMLElement, isEncoded: Bool, tellsRestored: Bool
    ) throws(Fault) -> ObjectSummary {
        guard let key = element["Key"]?.text, !key.isEmpty else { throw .invalid("an object has no Key") }
        let name = ObjectKey(isEncoded ? PercentEncoding.decodeForm(key) : key)
        guard let size = element["Size"]?.string.flatMap({ Int64($0) }), size >= 0 else {
            throw .invalid("object \"\(name)\" has no valid Size")
        }
        guard let time = element["LastModified"]?.string.flatMap({ Timestamp(rfc3339: $0) }) else {
            throw .invalid("object \"\(name)\" has no valid LastModified")
        }
        return ObjectSummary(
            key: name, byteCount: size, eTag: element["ETag"]?.string ?? "", lastModified: time,
            storageClass: element["StorageClass"]?.string.flatMap { $0.isEmpty ? nil : $0 },
            isRestored: tellsRestored ? element["RestoreStatus"]?["RestoreExpiryDate"] != nil : nil)
    }
}

/// The body of an error.
struct ErrorDocument: Equatable {
    let code: String
    let message: String
    /// The region where the bucket is, where the error is about that.
    let region: String?
    /// The host where the bucket is, where the error is about that.
    let endpoint: String?
    let requestID: String?

    /// Reads a document; nil where it is not an error.
    init?(_ root: XMLElement) {
        // Some gateways wrap the error: <ErrorResponse><Error>…
        guard let error = root.name == "Error" ? root : root.name == "ErrorResponse" ? root["Error"] : nil else {
            return nil
        }
        func text(_ name: String) -> String? { error[name]?.string.flatMap { $0.isEmpty ? nil : $0 } }
        code = text("Code") ?? ""
        message = text("Message") ?? ""
        region = text("Region")
        endpoint = text("Endpoint")
        requestID = text("RequestId") ?? text("RequestID")
    }

    /// Parses a body; nil where it is not an error in XML.
    init?(parsing body: [UInt8]) {
        guard let root = try? XMLElement(parsing: body) else { return nil }
        self.init(root)
    }
}
