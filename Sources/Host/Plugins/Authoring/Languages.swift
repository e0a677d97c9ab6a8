/// A language that `ray plugin gen` writes declarations in.
enum GeneratedLanguage: String, CaseIterable, Sendable {
    /// Also for Swift, C++ and whatever else reads C headers.
    case c
    case rust
}

/// A language that `ray plugin new` writes plugins in.
enum TemplateLanguage: String, CaseIterable, Sendable {
    case swift, c, rust

    /// What people call it.
    var name: String {
        switch self {
        case .swift: "Swift"
        case .c: "C"
        case .rust: "Rust"
        }
    }
}
