// swift-tools-version: 6.3

import PackageDescription

/// The plugins to build: all of them, or those named in `RAY_PLUGINS="Pip Shell"`.
let allPlugins = ["Conda", "LocalProvider", "Pip", "Shell"]
let chosenPlugins =
    Context.environment["RAY_PLUGINS"].map { $0.split(separator: " ").map(String.init) } ?? allPlugins

/// libyaml and libffi are linked into the programs, which then run where neither is installed; the
/// Makefile asks for `shared` where there are no archives of them.
let linksShared = Context.environment["RAY_LINKING"] == "shared"

let package = Package(
    name: "ray",
    products: [
        .executable(name: "ray", targets: ["ray"]),
        .library(name: "PluginKit", targets: ["PluginKit"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CLibYAML", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CLibFFI", providers: [.apt(["libffi-dev"])]),
        .target(name: "PluginAPI"),
        .target(
            name: "PluginRuntime", dependencies: ["PluginAPI", "CLibFFI"],
            linkerSettings: [.linkedLibrary(linksShared ? "ffi" : ":libffi.a")]),
        .target(name: "PluginKit", dependencies: ["PluginAPI"]),
        .target(name: "PipRequirements", dependencies: ["PluginKit"]),
        .target(
            name: "Host",
            dependencies: [
                "CLibYAML", "PluginRuntime",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            linkerSettings: [.linkedLibrary(linksShared ? "yaml" : ":libyaml.a")]
        ),
        .executableTarget(
            name: "ray",
            dependencies: ["Host"],
            linkerSettings: [.unsafeFlags(staticRuntime)]
        ),
        .testTarget(
            name: "HostTests",
            dependencies: [
                "Host", "PluginRuntime", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["Host", .product(name: "Subprocess", package: "swift-subprocess")],
            exclude: ["Transcripts"]),
    ]
)

/// What a static Swift runtime with FoundationEssentials needs beside `-static-stdlib` when it is
/// not the whole package that is linked so.
var staticRuntime: [String] {
    ["-static-stdlib", "-l_FoundationCShims", "-l_FoundationCollections", "-lswiftSynchronization"]
}

/// A plugin is two targets: its logic, which tests import, and its entry, which alone carries the
/// exported symbol and the flags that seal the library.
@MainActor func addPlugin(_ name: String, dependencies: [Target.Dependency] = []) {
    let seal =
        staticRuntime + [
            "-Xlinker", "--version-script=\(Context.packageDirectory)/Plugins/exports.map",
            "-Xlinker", "-z", "-Xlinker", "defs",
        ]
    package.targets += [
        .target(
            name: name, dependencies: ["PluginKit"] + dependencies, path: "Plugins/\(name)",
            exclude: ["Entry", "Tests", "plugin.yaml"]),
        .target(
            name: "\(name)Entry", dependencies: [.target(name: name), "PluginAPI", "PluginKit"],
            path: "Plugins/\(name)/Entry", linkerSettings: [.unsafeFlags(seal)]),
        .testTarget(
            name: "\(name)Tests", dependencies: [.target(name: name), "PluginAPI", "PluginKit"] + dependencies,
            path: "Plugins/\(name)/Tests"),
    ]
    package.products.append(.library(name: "Ray\(name)", type: .dynamic, targets: ["\(name)Entry"]))
}

let readersOfRequirements = ["Conda", "Pip"]
for name in chosenPlugins {
    addPlugin(name, dependencies: readersOfRequirements.contains(name) ? ["PipRequirements"] : [])
}

// `make fuzz` alone builds it: it needs a sanitizer for the whole build.
if Context.environment["RAY_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(name: "FuzzHost", dependencies: ["Host", "PluginRuntime"], path: "Tests/Fuzz/Host"))
}

// `make bench` alone builds it.
if Context.environment["RAY_BENCH"] != nil {
    package.targets.append(
        .executableTarget(
            name: "HostCalls", dependencies: ["Host"], path: "Benchmarks/host-calls", exclude: ["plugin.yaml"],
            linkerSettings: [.unsafeFlags(staticRuntime)]))
}

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
let strictC: [CSetting] = [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]
for target in package.targets where target.type != .system {
    if target.name == "PluginRuntime" {
        target.cSettings = strictC
    } else if target.name != "PluginAPI" {
        // libFuzzer brings `main`.
        target.swiftSettings = strict + (target.name == "FuzzHost" ? [.unsafeFlags(["-parse-as-library"])] : [])
    }
}
