// swift-tools-version: 6.3

import PackageDescription

/// Where ray is installed: PluginKit, the Swift side of its contract, is there as a source package.
let ray = Context.environment["RAY_PREFIX"] ?? "/usr/local"

/// Swift has no stable ABI on Linux: the runtime is linked into the library, which shows one symbol.
let seal = [
    "-static-stdlib", "-l_FoundationCShims", "-l_FoundationCollections", "-lswiftSynchronization",
    "-Xlinker", "--version-script=\(Context.packageDirectory)/exports.map",
    "-Xlinker", "-z", "-Xlinker", "defs",
]

let package = Package(
    name: "docker-nodes",
    products: [.library(name: "DockerNodes", type: .dynamic, targets: ["Entry"])],
    dependencies: [.package(path: "\(ray)/share/ray/PluginKit")],
    targets: [
        .target(name: "DockerNodesPlugin", dependencies: [.product(name: "PluginKit", package: "PluginKit")]),
        .target(
            name: "Entry", dependencies: ["DockerNodesPlugin", .product(name: "PluginKit", package: "PluginKit")],
            linkerSettings: [.unsafeFlags(seal)]),
        .testTarget(name: "DockerNodesPluginTests", dependencies: ["DockerNodesPlugin"], path: "Tests"),
    ]
)
