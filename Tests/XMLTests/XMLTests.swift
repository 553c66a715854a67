import Testing

@testable import XML

struct XMLTests {
    private func parse(_ text: String) throws(XMLFault) -> XMLElement { try XMLElement(parsing: Array(text.utf8)) }

    private func fault(_ text: String) -> XMLFault.Kind? {
        do throws(XMLFault) {
            _ = try parse(text)
            return nil
        } catch {
            return error.kind
        }
    }

    @Test("declaration, comments, attributes, namespaces, CDATA and empty elements")
    func forms() throws {
        let root = try parse(
            """
            \u{FEFF}<?xml version="1.0" encoding="UTF-8"?>
            <!-- <a> & -- -->
            <s3:a xmlns:s3='x>y' b = "c/>" ><b/><c d="e" /><s3:k>x<!-- c -->y<![CDATA[<&]]]]>z</s3:k ></s3:a>
            <!-- end --> <?pi?>
            """)
        #expect(root.name == "a" && root.children.map(\.name) == ["b", "c", "k"])
        #expect(root["k"]?.string == "xy<&]]z")
    }

    @Test("predefined entities and characters, control characters among them")
    func entities() throws {
        let root = try parse("<k>&amp;&lt;&gt;&quot;&apos;&#65;&#x42;&#x1;&#x1F680;&amp;lt;</k>")
        #expect(root.text == Array("&<>\"'AB\u{1}🚀&lt;".utf8))
    }

    @Test("bytes that are not UTF-8 stay as they are")
    func rawBytes() throws {
        let root = try XMLElement(parsing: Array("<k>".utf8) + [0xFF, 0x00, 0xC3] + Array("</k>".utf8))
        #expect(root.text == [0xFF, 0x00, 0xC3] && root.string == nil)
    }

    @Test(
        "a document type is refused, whatever it declares",
        arguments: [
            "<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>",
            "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", "<?xml version=\"1.0\"?>\n<!DOCTYPE html><html/>",
        ])
    func documentType(text: String) {
        #expect(fault(text) == .documentType)
    }

    @Test(
        "what is not XML",
        arguments: [
            ("<a></b>", .endTag), ("<a></A>", .endTag), ("</a>", .endTag), ("<a><b></a></b>", .endTag),
            ("<a>&nbsp;</a>", .entity), ("<a>&#xD800;</a>", .entity), ("<a>&#0;</a>", .entity),
            ("<a>&#x110000;</a>", .entity), ("<a>&#-1;</a>", .entity), ("<a>&#x+1;</a>", .entity),
            ("<a>& b</a> and more text", .entity), ("<a>&;</a>", .entity), ("<a><!ELEMENT b></a>", .markup),
            ("<a>< b></a>", .name), ("x<a/>", .textOutside), ("<a/>x", .textOutside),
            ("<![CDATA[x]]><a/>", .textOutside),
            ("<a/><b/>", .secondRoot), ("<a b></a>", .attribute), ("<a b=c></a>", .attribute),
            ("<a b='<'></a>", .attribute),
        ] as [(String, XMLFault.Rule)])
    func malformed(text: String, rule: XMLFault.Rule) {
        #expect(fault(text) == .malformed(rule))
    }

    @Test("depth, names, texts and the number of elements are bounded")
    func limits() {
        func nested(_ depth: Int) -> String {
            String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
        }
        #expect(fault(nested(16)) == nil)
        #expect(fault(nested(17)) == .limit(.depth))
        #expect(fault(String(repeating: "<a>", count: 1_000_000)) == .limit(.depth))
        #expect(fault("<\(String(repeating: "n", count: 257))/>") == .limit(.nameByteCount))
        #expect(fault("<a>\(String(repeating: "t", count: 65_537))</a>") == .limit(.textByteCount))
        #expect(fault("<a>\(String(repeating: "&amp;", count: 65_537))</a>") == .limit(.textByteCount))
        #expect(fault("<a><![CDATA[\(String(repeating: "t", count: 65_537))]]></a>") == .limit(.textByteCount))
        #expect(fault("<a>\(String(repeating: "<b/>", count: 200_000))</a>") == .limit(.elementCount))
    }

    @Test("a document cut at any byte is truncated, and nothing else")
    func truncation() throws {
        let text = """
            <?xml version="1.0"?><!-- c --><r xmlns="http://x/"><a b='c'>x&amp;y&#x1F680;</a><![CDATA[z]]><s:b/></r>
            """
        let bytes = Array(text.utf8)
        _ = try XMLElement(parsing: bytes)
        for count in 0..<bytes.count {
            let error = try #require(throws: XMLFault.self) { try XMLElement(parsing: Array(bytes[..<count])) }
            #expect(error.kind == .truncated, "cut to \(count) bytes")
        }
    }

    @Test("any byte changed gives a document or a fault, never more than the bytes hold")
    func mutation() {
        let bytes = Array("<r><a b='c'>x&amp;y&#x41;</a><!-- d --><![CDATA[z]]><b/></r>".utf8)
        for index in bytes.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = bytes
                changed[index] = byte
                if let root = try? XMLElement(parsing: changed) {
                    #expect(root.children.count <= 3)
                }
            }
        }
    }
}
