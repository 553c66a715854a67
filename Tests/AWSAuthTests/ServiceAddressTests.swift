import HTTP
import TestSupport
import Testing

@testable import AWSAuth

struct ServiceAddressTests {
    @Test(
        "addresses",
        arguments: [
            ("http://h", false, "h", 80, "", "h"),
            ("HTTPS://H.example:443/p?q=1", true, "h.example", 443, "/p?q=1", "h.example"),
            ("http://127.0.0.1:8080/", false, "127.0.0.1", 8080, "/", "127.0.0.1:8080"),
            ("http://[FD00:ec2::23]/v1", false, "fd00:ec2::23", 80, "/v1", "[fd00:ec2::23]"),
            ("http://[::1]:81", false, "::1", 81, "", "[::1]:81"),
            ("https://h:?a", true, "h", 443, "/?a", "h"),
        ])
    func parsing(url: String, isSecure: Bool, host: String, port: Int, path: String, header: String) throws {
        let address = try #require(ServiceAddress(parsing: url))
        #expect(address.isSecure == isSecure && address.host == host && address.port == port && address.path == path)
        #expect(address.hostHeader == header)
    }

    @Test(
        "what is not an address",
        arguments: [
            "", "h", "ftp://h", "http://", "http:///p", "http://u@h", "http://u:p@h", "http://h:0", "http://h:65536",
            "http://h:+1", "http://h:x", "http://[::1", "http://[]", "http://[::1]x", "http://h#f", "http://h /",
            "http://h\r\nX: y", "http://[g]", "http://ü",
        ])
    func refused(url: String) { #expect(ServiceAddress(parsing: url) == nil) }

    @Test("a target follows the address's own path")
    func targets() throws {
        let plain = try #require(ServiceAddress(parsing: "http://h"))
        #expect(plain.request("GET", "/a").target == "/a" && plain.request("GET", "").target == "/")
        let deep = try #require(ServiceAddress(parsing: "http://h/b/"))
        #expect(deep.request("GET", "/a").target == "/b/a" && deep.request("GET", "").target == "/b/")
    }

    @Test("a URL is that of the request")
    func urls() throws {
        #expect(try #require(ServiceAddress(parsing: "https://H:443/b/")).url("/a") == "https://h/b/a")
        #expect(try #require(ServiceAddress(parsing: "http://[::1]:81")).url("/a") == "http://[::1]:81/a")
    }

    @Test("the hosts of services are those of their endpoint rule sets, in every partition")
    func hosts() throws {
        for row in try Golden.list("service-hosts.json") {
            let name = row["service"].string ?? ""
            let service = try #require(
                AWSService.allCases.first { $0.sectionKey.replacing("_", with: "-") == name })
            let host = service.host(
                region: row["Region"].string ?? "", usesFIPS: row["UseFIPS"].bool == true,
                usesDualstack: row["UseDualStack"].bool == true)
            #expect("https://" + host == row["url"].string, "\(row)")
        }
    }
}
