import ByteCore
import Crypto
import Testing

struct RunningDigestTests {
    @Test(
        "the examples of the standard, at once and in pieces",
        arguments: [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
            ),
        ])
    func known(text: String, digest: String) {
        #expect(Hex.string(RunningDigest.hash(Bytes(text.utf8), .sha1)) == digest)
        let running = RunningDigest(.sha1)
        for byte in text.utf8 { running.update(Bytes([byte])) }
        #expect(Hex.string(running.finish()) == digest)
        #expect(Hex.string(RunningDigest.hash(Bytes(text.utf8), .sha256)) == SHA256.hash(Array(text.utf8)).hex)
    }
}
