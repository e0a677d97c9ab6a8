/// What the variables of markers are on a node, as far as it is known.
package struct MarkerValues {
    private let values: [String: String]

    package init(python: PythonVersion?, implementation: String?, os: String?, machine: String?) {
        var values: [String: String] = [:]
        if let python {
            values["python_version"] = python.minorText
            if python.patch != nil { values["python_full_version"] = python.text }
        }
        if let implementation, implementation == "cpython" {
            values["implementation_name"] = implementation
            values["platform_python_implementation"] = "CPython"
        }
        if os == "linux" {
            values["sys_platform"] = "linux"
            values["os_name"] = "posix"
            values["platform_system"] = "Linux"
        }
        if let machine { values["platform_machine"] = machine }
        self.values = values
    }

    /// What a marker is on the node; nil where that is not known.
    package func evaluate(_ marker: String) -> Bool? {
        var cursor = Cursor(Array(marker.utf8))
        let result = alternatives(&cursor)
        cursor.skipSpace()
        return cursor.isAtEnd ? result : nil
    }

    private func alternatives(_ cursor: inout Cursor) -> Bool? {
        var result = conjunction(&cursor)
        while word("or", &cursor) {
            let next = conjunction(&cursor)
            result = result == true || next == true ? true : result == nil || next == nil ? nil : false
        }
        return result
    }

    private func conjunction(_ cursor: inout Cursor) -> Bool? {
        var result = comparison(&cursor)
        while word("and", &cursor) {
            let next = comparison(&cursor)
            result = result == false || next == false ? false : result == nil || next == nil ? nil : true
        }
        return result
    }

    private func comparison(_ cursor: inout Cursor) -> Bool? {
        cursor.skipSpace()
        if cursor.take("(") {
            let result = alternatives(&cursor)
            cursor.skipSpace()
            return cursor.take(")") ? result : nil
        }
        let (left, isVersion) = operand(&cursor)
        cursor.skipSpace()
        var sign = ""
        if word("not", &cursor) { sign = "not " }
        if word("in", &cursor) { sign += "in" } else { sign = Comparison(&cursor)?.rawValue ?? "" }
        let (right, isOtherVersion) = operand(&cursor)
        guard let left, let right else { return nil }
        return isVersion || isOtherVersion ? versions(left, sign, right) : texts(left, sign, right)
    }

    private func operand(_ cursor: inout Cursor) -> (value: String?, isVersion: Bool) {
        cursor.skipSpace()
        if let quote = cursor.next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
            cursor.offset += 1
            let text = cursor.take { $0 != quote }
            if !cursor.isAtEnd { cursor.offset += 1 }
            return (text, false)
        }
        let name = cursor.take(while: \.isInName)
        return (values[name], name.hasPrefix("python_") && name.hasSuffix("version"))
    }

    private func word(_ word: StaticString, _ cursor: inout Cursor) -> Bool {
        var ahead = cursor
        ahead.skipSpace()
        guard ahead.take(word), ahead.next?.isInName != true else { return false }
        cursor = ahead
        return true
    }

    private func texts(_ left: String, _ sign: String, _ right: String) -> Bool? {
        switch sign {
        case "==": left == right
        case "!=": left != right
        case "in": right.contains(left)
        case "not in": !right.contains(left)
        default: nil
        }
    }

    private func versions(_ left: String, _ sign: String, _ right: String) -> Bool? {
        if sign == "==" || sign == "!=", right.hasSuffix(".*") {
            let isSame = "\(left).".hasPrefix(right.dropLast())
            return isSame == (sign == "==")
        }
        guard let first = numbers(left), let second = numbers(right) else { return nil }
        let isLess = first.lexicographicallyPrecedes(second)
        let isEqual = first == second
        return switch sign {
        case "==": isEqual
        case "!=": !isEqual
        case "<": isLess
        case "<=": isLess || isEqual
        case ">": !isLess && !isEqual
        case ">=": !isLess
        default: nil
        }
    }

    /// The numbers of a release, zeros at its end left out, as PEP 440 compares them.
    private func numbers(_ version: String) -> [Int]? {
        var numbers: [Int] = []
        for part in version.split(separator: ".", omittingEmptySubsequences: false) {
            guard let number = Int(part) else { return nil }
            numbers.append(number)
        }
        while numbers.last == 0 { numbers.removeLast() }
        return numbers
    }
}
