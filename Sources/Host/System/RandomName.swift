/// Names that no other thing has.
package enum RandomName {
    /// 64 random bits as 16 hexadecimal digits.
    package static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return String(generator.next() | 1 << 63, radix: 16)
    }
}
