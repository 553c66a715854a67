import Testing

@testable import S3

struct S3EndpointTests {
    private func url(_ bucket: String, _ configuration: S3Configuration) throws(S3Error) -> String {
        let endpoint = try S3Endpoint(bucket: bucket, configuration: configuration)
        return (endpoint.isSecure ? "https://" : "http://") + endpoint.authority
            + endpoint.target(key: ObjectKey("k"), query: [])
    }

    @Test(
        "AWS hosts",
        arguments: [
            ("bucket", S3Configuration(region: "us-east-1"), "https://bucket.s3.us-east-1.amazonaws.com/k"),
            ("bucket", S3Configuration(), "https://bucket.s3.us-east-1.amazonaws.com/k"),
            ("bucket", S3Configuration(region: "aws-global"), "https://bucket.s3.us-east-1.amazonaws.com/k"),
            (
                "bucket", S3Configuration(region: "aws-global", usesFIPS: true),
                "https://bucket.s3-fips.us-east-1.amazonaws.com/k"
            ),
            (
                "bucket", S3Configuration(region: "eu-west-1", pathStyle: true),
                "https://s3.eu-west-1.amazonaws.com/bucket/k"
            ),
            ("a.b.c", S3Configuration(region: "eu-west-1"), "https://s3.eu-west-1.amazonaws.com/a.b.c/k"),
            (
                "a.b.c", S3Configuration(region: "eu-west-1", pathStyle: false),
                "https://s3.eu-west-1.amazonaws.com/a.b.c/k"
            ),
            ("Bucket_1", S3Configuration(region: "us-east-1"), "https://s3.us-east-1.amazonaws.com/Bucket_1/k"),
            ("ab", S3Configuration(region: "us-east-1"), "https://s3.us-east-1.amazonaws.com/ab/k"),
            ("-bucket", S3Configuration(region: "us-east-1"), "https://s3.us-east-1.amazonaws.com/-bucket/k"),
            ("1.2.3.4", S3Configuration(region: "us-east-1"), "https://s3.us-east-1.amazonaws.com/1.2.3.4/k"),
            ("bucket", S3Configuration(region: "cn-north-1"), "https://bucket.s3.cn-north-1.amazonaws.com.cn/k"),
            ("bucket", S3Configuration(region: "us-gov-west-1"), "https://bucket.s3.us-gov-west-1.amazonaws.com/k"),
            ("bucket", S3Configuration(region: "us-iso-east-1"), "https://bucket.s3.us-iso-east-1.c2s.ic.gov/k"),
            (
                "bucket", S3Configuration(region: "us-west-2", usesDualstack: true),
                "https://bucket.s3.dualstack.us-west-2.amazonaws.com/k"
            ),
            (
                "bucket", S3Configuration(region: "us-west-2", usesDualstack: true, usesFIPS: true),
                "https://bucket.s3-fips.dualstack.us-west-2.amazonaws.com/k"
            ),
            (
                "arn:aws:s3:eu-west-1:123456789012:accesspoint/x", S3Configuration(region: "us-west-2"),
                "https://x-123456789012.s3-accesspoint.eu-west-1.amazonaws.com/k"
            ),
            (
                "arn:aws:s3:eu-west-1:123456789012:accesspoint/x", S3Configuration(),
                "https://x-123456789012.s3-accesspoint.eu-west-1.amazonaws.com/k"
            ),
            (
                "x--usw2-az1--x-s3", S3Configuration(region: "us-west-2"),
                "https://x--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com/k"
            ),
            (
                "bucket", S3Configuration(region: "us-west-2", usesAccelerate: true),
                "https://bucket.s3-accelerate.amazonaws.com/k"
            ),
            ("x-s3alias", S3Configuration(region: "us-west-2"), "https://x-s3alias.s3.us-west-2.amazonaws.com/k"),
        ])
    func aws(bucket: String, configuration: S3Configuration, expected: String) throws {
        #expect(try url(bucket, configuration) == expected)
    }

    @Test(
        "other servers",
        arguments: [
            ("http://127.0.0.1:9000", nil, "http://127.0.0.1:9000/bucket/k"),
            ("http://localhost:9000/", nil, "http://localhost:9000/bucket/k"),
            ("http://s3.localhost", nil, "http://s3.localhost/bucket/k"),
            ("http://[::1]:9000", nil, "http://[::1]:9000/bucket/k"),
            ("https://[2001:DB8::1]", nil, "https://[2001:db8::1]/bucket/k"),
            ("http://127.0.0.1:9000", false, "http://127.0.0.1:9000/bucket/k"),
            ("http://localhost:9000", false, "http://bucket.localhost:9000/k"),
            ("https://Minio.Example.com", nil, "https://bucket.minio.example.com/k"),
            ("https://minio.example.com", true, "https://minio.example.com/bucket/k"),
            ("https://minio.example.com:443", true, "https://minio.example.com/bucket/k"),
            ("http://minio.example.com:443", true, "http://minio.example.com:443/bucket/k"),
            ("HTTP://minio.example.com:80", true, "http://minio.example.com/bucket/k"),
            ("https://gw.example.com/base/a%20b é/", true, "https://gw.example.com/base/a%20b%20%C3%A9/bucket/k"),
            ("https://gw.example.com/base", false, "https://bucket.gw.example.com/base/k"),
        ] as [(String, Bool?, String)])
    func custom(endpoint: String, pathStyle: Bool?, expected: String) throws {
        let configuration = S3Configuration(region: "us-east-1", endpoint: endpoint, pathStyle: pathStyle)
        #expect(try url("bucket", configuration) == expected)
    }

    @Test(
        "endpoints that cannot be",
        arguments: [
            "localhost:9000", "ftp://x", "http://", "http://:80", "http://x:0", "http://x:65536", "http://x:+1",
            "http://x:", "http://user:pw@x", "http://x?y", "http://x/#y", "http://[::1", "http://[x]", "http://a b",
            "http://x\r\nEvil: y", "http://[::1]x",
        ])
    func invalidEndpoint(endpoint: String) throws {
        let error = try #require(throws: S3Error.self) {
            try url("bucket", S3Configuration(region: "us-east-1", endpoint: endpoint))
        }
        #expect(error.kind == .invalidConfiguration && error.description.contains("endpoint must be"))
    }

    @Test(
        "buckets and regions that cannot be",
        arguments: [
            ("", "us-east-1", "bucket must not be empty"),
            ("a/b", "us-east-1", "bucket must not hold"),
            ("a b", "us-east-1", "bucket must not hold"),
            ("arn:aws:s3::1:accesspoint/x.mrap", "us-west-2", "multi-region access point is not supported"),
            ("arn:aws:s3-object-lambda:us-west-2:1:accesspoint/x", "us-west-2", "Object Lambda"),
            ("arn:aws:s3-outposts:us-west-2:1:outpost/op-1/accesspoint/x", "us-west-2", "Outposts is not supported"),
            ("test-o0000--op-s3", "us-west-2", "Outposts is not supported"),
            ("arn:aws:s3:cn-north-1:1:accesspoint/x", "us-west-2", "partition aws, the access point's in aws-cn"),
            ("arn:aws:s3:::bucket", "us-west-2", "for a bucket give its name"),
            ("x--x-s3", "us-west-2", "NAME--ZONE--x-s3"),
            ("bucket", "evil.com/", "region must be"),
            ("bucket", "", "region must be"),
        ])
    func invalidNames(bucket: String, region: String, text: String) throws {
        let error = try #require(throws: S3Error.self) { try url(bucket, S3Configuration(region: region)) }
        #expect(error.kind == .invalidConfiguration && error.description.contains(text))
    }

    @Test("keys go to the wire byte by byte")
    func keys() throws {
        let endpoint = try S3Endpoint(bucket: "bucket", configuration: S3Configuration(region: "us-east-1"))
        func target(_ key: ObjectKey) -> String { endpoint.target(key: key, query: []) }
        #expect(target(ObjectKey("/a//b/./../")) == "//a//b/./../")
        #expect(target(ObjectKey("a b+c%d=~é")) == "/a%20b%2Bc%25d%3D~%C3%A9")
        #expect(target(ObjectKey([0xFF, 0x00])) == "/%FF%00")
        #expect(endpoint.target(key: nil, query: []) == "/")
    }
}
