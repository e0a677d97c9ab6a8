// swift-tools-version: 6.3

import PackageDescription

/// Where ray is installed: PluginKit, the Swift side of its contract, is there as a source package.
let ray = Context.environment["RAY_PREFIX"] ?? "@PREFIX_IN_SWIFT@"

/// Swift has no stable ABI on Linux: the runtime is linked into the library, which shows one symbol.
let seal = [
    "-static-stdlib", "-l_FoundationCShims", "-l_FoundationCollections", "-lswiftSynchronization",
    "-Xlinker", "--version-script=\(Context.packageDirectory)/exports.map",
    "-Xlinker", "-z", "-Xlinker", "defs",
]

let package = Package(
    name: "@ID@",
    products: [.library(name: "@NAME@", type: .dynamic, targets: ["Entry"])],
    dependencies: [.package(path: "\(ray)/share/ray/PluginKit")],
    targets: [
        .target(name: "@TYPE@Plugin", dependencies: [.product(name: "PluginKit", package: "PluginKit")]),
        .target(
            name: "Entry", dependencies: ["@TYPE@Plugin", .product(name: "PluginKit", package: "PluginKit")],
            linkerSettings: [.unsafeFlags(seal)]),
        .testTarget(name: "@TYPE@PluginTests", dependencies: ["@TYPE@Plugin"], path: "Tests"),
    ]
)
