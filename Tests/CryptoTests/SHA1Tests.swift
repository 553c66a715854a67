import ByteCore
import Crypto
import Testing

struct SHA1Tests {
    @Test(
        "the examples of the standard",
        arguments: [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
            ),
        ])
    func known(text: String, digest: String) { #expect(Hex.string(SHA1.hash(Bytes(text.utf8))) == digest) }
}
