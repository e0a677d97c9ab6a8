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
    case elfStack = "elf-stack"
    case elfTextRelocations = "elf-text-relocations"
    case elfStaticTLS = "elf-static-tls"
    case elfRunpath = "elf-runpath"
    case elfExports = "elf-exports"

    case manifestNone = "manifest-none"
    case manifestSyntax = "manifest-syntax"
    case manifestUnknownKey = "manifest-unknown-key"
    case manifestValue = "manifest-value"
    case manifestAPI = "manifest-api"
    case manifestSchema = "manifest-schema"
    case manifestOperationMissing = "manifest-operation-missing"
    case manifestOperationUnknown = "manifest-operation-unknown"
    case manifestParameter = "manifest-parameter"
    case manifestSink = "manifest-sink"
    case manifestPointer = "manifest-pointer"
    case manifestProbe = "manifest-probe"
    case libraryNone = "library-none"
    case libraryPlatform = "library-platform"
    case fileMode = "file-mode"

    case loadCrash = "load-crash"
    case loadHang = "load-hang"
    case loadRefused = "load-refused"
    case signature
    case signatureProbe = "signature-probe"

    case auditDirectory = "audit-cwd"
    case auditUmask = "audit-umask"
    case auditLocale = "audit-locale"
    case auditEnvironment = "audit-environment"
    case auditSignalMask = "audit-signal-mask"
    case auditSignalHandler = "audit-signal-handler"
    case auditLimit = "audit-limit"
    case auditThread = "audit-thread"
    case auditDescriptor = "audit-descriptor"
    case auditMemory = "audit-memory"
    case auditOutput = "audit-output"
    case auditCrash = "audit-crash"

    case entryChanges = "entry-changes"
    case negotiationOlder = "negotiation-older"
    case negotiationNewer = "negotiation-newer"
    case negotiationQuery = "negotiation-query"

    case requestCrash = "request-crash"
    case requestHang = "request-hang"
    case requestGarbage = "request-garbage"
    case requestSilent = "request-silent"
    case requestCancelled = "request-cancelled"

    case contractShape = "contract-shape"
    case contractDeterministic = "contract-deterministic"
    case contractSideEffect = "contract-side-effect"
    case contractToken = "contract-token"
    case contractUnknownID = "contract-unknown-id"
}
