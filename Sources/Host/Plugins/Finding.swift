/// One thing that is wrong with a plugin, under a word that programs can go by.
package struct Finding: Sendable, Equatable {
    package var code: FindingCode
    package var diagnostic: Diagnostic

    package init(
        _ code: FindingCode, _ message: String, at place: Place? = nil, cause: String? = nil, hint: String? = nil,
        severity: Diagnostic.Severity = .error
    ) {
        self.code = code
        diagnostic = Diagnostic(.plugin, message, at: place, cause: cause, hint: hint, severity: severity)
    }

    package init(_ code: FindingCode, _ diagnostic: Diagnostic) {
        self.code = code
        self.diagnostic = diagnostic
    }
}

/// The words for what can be wrong with a plugin; each keeps its meaning for good.
///
/// Documentation/Plugins/Checking.md says what each means and how it is cured.
package enum FindingCode: String, Sendable, Codable, CaseIterable {
    case notELF = "elf-none"
    case elfClass = "elf-class"
    case elfMachine = "elf-machine"
    case elfType = "elf-type"
    case elfTruncated = "elf-truncated"
    case elfEntry = "elf-entry"
    case elfNeeded = "elf-needed"
    case elfUndefined = "elf-undefined"
    case elfVersion = "elf-version"
}
