import AWSAuth
import Testing

@testable import S3

struct ListPageTests {
    private func parsed(_ text: String, tellsRestored: Bool = true) throws -> ListPage {
        try ListPage(parsing: Array(text.utf8), tellsRestored: tellsRestored)
    }

    private func keys(_ text: String) throws -> [[UInt8]] { try parsed(text).objects.map(\.key.bytes) }

    private func listing(_ contents: String, _ rest: String = "<IsTruncated>false</IsTruncated>") -> String {
        "<ListBucketResult>\(contents)\(rest)</ListBucketResult>"
    }

    private func object(_ key: String) -> String {
        "<Contents><Key>\(key)</Key><LastModified>2026-03-14T15:09:26.250Z</LastModified><Size>1</Size></Contents>"
    }

    @Test("an object's fields")
    func fields() throws {
        let page = try parsed(
            listing(
                """
                <EncodingType>url</EncodingType><Contents><Key>a%2Bb+c%25/%C3%A9</Key>
                <LastModified>2026-03-14T15:09:26.250Z</LastModified><ETag>&quot;0f-2&quot;</ETag><Size>4294967296</Size>
                <Owner><ID>x</ID></Owner><StorageClass>STANDARD_IA</StorageClass></Contents>
                <CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>
                """))
        #expect(
            page.objects == [
                ObjectSummary(
                    key: ObjectKey("a+b c%/\u{E9}"), byteCount: 4_294_967_296, eTag: "\"0f-2\"",
                    lastModified: Timestamp(seconds: 1_773_500_966, nanoseconds: 250_000_000),
                    storageClass: "STANDARD_IA",
                    isRestored: false)
            ])
        #expect(page.continuationToken == nil)
    }

    @Test("an archived object is so only where the listing was to say whether it is restored, and says that it is not")
    func archived() throws {
        func isArchived(_ kind: String, _ status: String = "", tellsRestored: Bool = true) throws -> [Bool] {
            let object = object("k").replacing(
                "</Contents>", with: "<StorageClass>\(kind)</StorageClass>\(status)</Contents>")
            return try parsed(listing(object), tellsRestored: tellsRestored).objects.map(\.isArchived)
        }
        let (begun, done) = (
            "<IsRestoreInProgress>true</IsRestoreInProgress>", "<IsRestoreInProgress>false</IsRestoreInProgress>"
        )
        let end = "<RestoreExpiryDate>2026-03-15T00:00:00.000Z</RestoreExpiryDate>"
        for kind in ["GLACIER", "DEEP_ARCHIVE"] {
            #expect(try isArchived(kind) == [true])
            #expect(try isArchived(kind, "<RestoreStatus>\(begun)</RestoreStatus>") == [true])
            #expect(try isArchived(kind, "<RestoreStatus>\(done)\(end)</RestoreStatus>") == [false])
            #expect(try isArchived(kind, tellsRestored: false) == [false])
        }
        #expect(try isArchived("GLACIER_IR") == [false])
    }

    @Test("keys are decoded only where the server says that it encoded them, and as bytes")
    func encoding() throws {
        let encoded = "<EncodingType>url</EncodingType>"
        #expect(
            try keys(listing(object("a+%20%01%FF%2"), encoded + "<IsTruncated>false</IsTruncated>")) == [
                [0x61, 0x20, 0x20, 0x01, 0xFF, 0x25, 0x32]
            ])
        #expect(try keys(listing(object("a+%20"))) == [Array("a+%20".utf8)])
        #expect(try keys(listing(object("&apos;&amp;&#x1;"))) == [[0x27, 0x26, 0x01]])
    }

    @Test("a key of any byte is that key from the listing to the wire")
    func everyByte() throws {
        let endpoint = try S3Endpoint(bucket: "bucket", configuration: S3Configuration(region: "us-east-1"))
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
        for byte in UInt8.min...UInt8.max {
            let digits = "%" + String(UInt16(byte) + 0x100, radix: 16, uppercase: true).dropFirst()
            let end = "<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>"
            let found = try keys(listing(object("a" + digits + "b"), end))
            #expect(found == [[UInt8(ascii: "a"), byte, UInt8(ascii: "b")]])
            let sent = plain.contains(byte) ? String(UnicodeScalar(byte)) : digits
            #expect(endpoint.target(key: ObjectKey(found[0]), query: []) == "/a" + sent + "b")
        }
    }

    @Test("keys that differ only in composition are two keys")
    func composition() throws {
        let found = try keys(listing(object("\u{E9}") + object("e\u{301}")))
        #expect(found == [[0xC3, 0xA9], [0x65, 0xCC, 0x81]])
        #expect(Set(found.map { ObjectKey($0) }).count == 2)
    }

    @Test("the token of the next page is taken as it is")
    func token() throws {
        let rest =
            "<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>a%2B+&amp;=</NextContinuationToken>"
        #expect(try parsed(listing("", rest)).continuationToken == Array("a%2B+&=".utf8))
    }

    @Test(
        "what is no page",
        arguments: [
            "<html/>", "<ListBucketResult/>", "<ListBucketResult><IsTruncated>maybe</IsTruncated></ListBucketResult>",
            "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
            "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken/></ListBucketResult>",
            "<ListBucketResult><IsTruncated>false</IsTruncated><Contents/></ListBucketResult>",
        ])
    func invalid(text: String) throws {
        let fault = try #require(throws: ListPage.Fault.self) { try parsed(text) }
        guard case .invalid = fault else {
            Issue.record("\(fault)")
            return
        }
    }

    @Test("sizes and times that cannot be", arguments: ["-1", "x", "", "9223372036854775808", "1.5"])
    func invalidSize(size: String) throws {
        let contents =
            "<Contents><Key>k</Key><LastModified>2026-03-14T15:09:26Z</LastModified><Size>\(size)</Size></Contents>"
        #expect(throws: ListPage.Fault.self) { try parsed(listing(contents)) }
    }

    @Test("an error in place of a page is that error")
    func error() throws {
        let fault = try #require(throws: ListPage.Fault.self) {
            try parsed("<Error><Code>SlowDown</Code><Message>m</Message></Error>")
        }
        guard case .error(let document) = fault else {
            Issue.record("\(fault)")
            return
        }
        #expect(document.code == "SlowDown" && document.message == "m")
    }
}
