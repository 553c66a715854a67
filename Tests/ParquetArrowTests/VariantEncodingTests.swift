import ArrowLayout
import ByteCore
import Parquet
import TestSupport
import Testing

@testable import ParquetArrow

/// Encoded values, byte by byte as VariantEncoding.md lays them out.
struct VariantEncodingTests {
    private static let long = String(repeating: "ab", count: 40)

    @Test(
        "every type has a form in JSON",
        arguments: [
            ([0x00], "null"), ([0x04], "true"), ([0x08], "false"),
            ([0x0C, 0xFF], "-1"), ([0x10, 0x00, 0x80], "-32768"), ([0x14, 1, 0, 0, 0], "1"),
            ([0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], "9223372036854775807"),
            ([0x1C, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F], "1.5"), ([0x1C, 0, 0, 0, 0, 0, 0, 0xF0, 0x7F], #""Infinity""#),
            ([0x1C, 0, 0, 0, 0, 0, 0, 0xF8, 0x7F], #""NaN""#), ([0x38, 0, 0, 0x80, 0xFF], #""-Infinity""#),
            ([0x38, 0xCD, 0xCC, 0xCC, 0x3D], "0.1"),
            ([0x20, 2, 0xD2, 0x04, 0, 0], "12.34"), ([0x20, 3, 0xFF, 0xFF, 0xFF, 0xFF], "-0.001"),
            ([0x20, 0, 7, 0, 0, 0], "7"), ([0x24, 1, 5, 0, 0, 0, 0, 0, 0, 0], "0.5"),
            (
                [0x28, 38] + [UInt8](repeating: 0xFF, count: 15) + [0x7F],
                "1.70141183460469231731687303715884105727"
            ),
            ([0x2C, 0, 0, 0, 0], #""1970-01-01""#), ([0x2C, 0xFF, 0xFF, 0xFF, 0xFF], #""1969-12-31""#),
            ([0x30, 1, 0, 0, 0, 0, 0, 0, 0], #""1970-01-01T00:00:00.000001Z""#),
            (
                [0x34, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], #""1969-12-31T23:59:59.999999""#
            ),
            ([0x48, 1, 0, 0, 0, 0, 0, 0, 0], #""1970-01-01T00:00:00.000000001Z""#),
            ([0x4C, 0, 0, 0, 0, 0, 0, 0, 0x80], #""1677-09-21T00:12:43.145224192""#),
            ([0x44, 0x40, 0x42, 0x0F, 0, 0, 0, 0, 0], #""00:00:01.000000""#),
            ([0x3C, 4, 0, 0, 0, 0, 1, 0xFE, 0xFF], #""AAH+/w==""#), ([0x3C, 0, 0, 0, 0], #""""#),
            ([0x3C, 3, 0, 0, 0, 1, 2, 3], #""AQID""#), ([0x3C, 2, 0, 0, 0, 1, 2], #""AQI=""#),
            ([0x40, 2, 0, 0, 0, 0xC3, 0xA9], #""é""#), ([0x01], #""""#),
            ([0x15, 0x22, 0x5C, 0x0A, 0x01, 0x61], #""\"\\\n\u0001a""#),
            ([0x50] + (0..<16).map { $0 }, #""00010203-0405-0607-0809-0a0b0c0d0e0f""#),
            ([0x03, 0, 0], "[]"), ([0x02, 0, 0], "{}"),
            ([0x03, 2, 0, 2, 3, 0x0C, 5, 0x00], "[5,null]"),
            // The same with four bytes for the count and three for each offset; reserved bits set.
            ([0x3B | 0xC0, 2, 0, 0, 0, 0, 0, 0, 2, 0, 0, 3, 0, 0, 0x0C, 5, 0x00], "[5,null]"),
            // Values in another order than their names.
            ([0x02, 2, 0, 1, 1, 0, 3, 0x00, 0x0C, 9], #"{"a":9,"b\"":null}"#),
            ([0xCA, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0x04], #"{"b\"":true}"#),
        ] as [([UInt8], String)])
    func json(value: [UInt8], text: String) throws {
        #expect(try VariantStorage.json(value, names: ["a", "b\""]) == text)
        // Bytes after the value are nobody's.
        #expect(try VariantStorage.json(value + [1, 2, 3], names: ["a", "b\""]) == text)
    }

    @Test("a value that is cut off anywhere is an error")
    func truncated() throws {
        let text: [UInt8] = [0x40, 2, 0, 0, 0, 0x61, 0x62]
        let array: [UInt8] = [0x03, 2, 0, 7, 14] + text + text
        let object: [UInt8] = [0x02, 2, 0, 1, 0, UInt8(array.count), UInt8(array.count + 2)] + array + [0x0C, 1]
        #expect(try VariantStorage.json(object, names: ["a", "b"]) == #"{"a":["ab","ab"],"b":1}"#)
        for count in 0..<object.count {
            let error = #expect(throws: ParquetError.self) {
                try VariantStorage.json(Array(object[..<count]), names: ["a", "b"])
            }
            #expect(error?.kind == .malformed(.variantValue) && error?.column == "v")
        }
        let metadata = VariantStorage.metadata(["a", "b"])
        for count in 0..<metadata.count {
            #expect(throws: ParquetError.self) {
                let storage = try VariantStorage.group([
                    "metadata": VariantStorage.binary([Array(metadata[..<count])]),
                    "value": VariantStorage.binary([object]),
                ])
                _ = try VariantStorage.json(storage)
            }
        }
    }

    @Test(
        "what is wrong is named",
        arguments: [
            ([0x54], .unsupported(.variantType(21))), ([0xFC], .unsupported(.variantType(63))),
            ([0x05, 0xFF], .malformed(.invalidUTF8)), ([0x20, 39, 0, 0, 0, 0], .malformed(.decimalRange)),
            ([0x02, 1, 7, 0, 1, 0x00], .malformed(.variantName)),
            ([0x13, 0xFF, 0xFF, 0xFF, 0xFF], .malformed(.variantValue)),
            // An element that begins after the last one ends, and two that share their bytes.
            ([0x03, 1, 1, 1, 0x00], .malformed(.variantValue)),
            ([0x03, 2, 0, 0, 1, 0x00], .malformed(.variantValue)),
        ] as [([UInt8], DecodeFault.Kind)])
    func wrong(value: [UInt8], kind: DecodeFault.Kind) {
        let error = #expect(throws: ParquetError.self) { try VariantStorage.json(value, names: ["a"]) }
        #expect(error?.kind == kind)
    }

    @Test("metadata of another version is not supported, and names that are not text are refused")
    func metadata() throws {
        func kind(_ metadata: [UInt8]) -> DecodeFault.Kind? {
            let error = #expect(throws: ParquetError.self) {
                let storage = try VariantStorage.group([
                    "metadata": VariantStorage.binary([metadata]),
                    "value": VariantStorage.binary([[0x02, 1, 0, 0, 1, 0x00]]),
                ])
                _ = try VariantStorage.json(storage)
            }
            return error?.kind
        }
        #expect(kind([0x02, 0, 0]) == .unsupported(.variantVersion(2)))
        #expect(kind([0x01, 1, 0, 1, 0xFF]) == .malformed(.invalidUTF8))
        #expect(kind([0x01, 1, 0, 2, 0x61]) == .malformed(.variantMetadata))
        #expect(kind([0x01, 1, 1, 0, 0x61]) == .malformed(.variantMetadata))
        #expect(kind([0xC1, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]) == .malformed(.variantMetadata))
        #expect(kind([]) == .malformed(.variantMetadata))
    }

    @Test(
        "arrays in each other are refused where they are too many, without running out of stack",
        arguments: [255, 256, 5_000])
    func depth(count: Int) throws {
        var value: [UInt8] = [0x00]
        for _ in 0..<count {
            let size = value.count
            let offset = (0..<4).map { UInt8(truncatingIfNeeded: size >> ($0 * 8)) }
            value.insert(contentsOf: [0x0F, 1, 0, 0, 0, 0] + offset, at: 0)
        }
        if count == 255 {
            #expect(
                try VariantStorage.json(value) == String(repeating: "[", count: 255) + "null"
                    + String(repeating: "]", count: 255))
        } else {
            let error = #expect(throws: ParquetError.self) { try VariantStorage.json(value) }
            #expect(error?.kind == .limit(.nestingDepth))
        }
    }

    @Test("a name that is in the text too often is over a limit", arguments: [29, 30])
    func longText(byteLimit: Int) throws {
        // Three objects of a field whose name has four letters: [{"long":0},{"long":0},{"long":0}].
        let object: [UInt8] = [0x02, 1, 0, 0, 2, 0x0C, 0x00]
        let array: [UInt8] = [0x03, 3, 0, 7, 14, 21] + object + object + object
        let names = try VariantNames(Bytes(VariantStorage.metadata(["long"])))
        var text: [UInt8] = []
        let fault = #expect(throws: DecodeFault.self) {
            try VariantText(names, Bytes(array), byteLimit: byteLimit).append(to: &text)
        }
        #expect(fault?.kind == .limit(.batchByteCount))
        text = []
        try VariantText(names, Bytes(array), byteLimit: 33).append(to: &text)
        #expect(String(decoding: text, as: UTF8.self) == #"[{"long":0},{"long":0},{"long":0}]"#)
    }

    @Test("random bytes are a value or an error", arguments: UInt64(0)..<40)
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let value = (0..<Int.random(in: 0...40, using: &generator)).map { index in
                // Mostly small numbers, which are counts and offsets that fit.
                Bool.random(using: &generator)
                    ? UInt8.random(in: 0...5, using: &generator) : UInt8.random(in: 0...255, using: &generator)
            }
            do {
                _ = try VariantStorage.json(value, names: ["a", "b", "c"])
            } catch is ParquetError {
                continue
            }
        }
    }
}
