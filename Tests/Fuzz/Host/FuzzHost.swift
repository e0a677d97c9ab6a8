import FoundationEssentials
import Glibc

/// What libFuzzer, whose `main` this program has, calls with each input.
///
/// RAY_FUZZ names what reads it: `manifest` or `answers`.
@c(LLVMFuzzerTestOneInput) public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let data = Data(UnsafeBufferPointer(start: bytes, count: count))
    if getenv("RAY_FUZZ").map({ String(cString: $0) }) == "manifest" {
        ManifestInput.only.read(data)
    } else {
        var input = AnswersInput(received: data)
        input.read()
    }
    return 0
}
